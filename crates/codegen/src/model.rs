//! The intermediate representation: what the spec says, resolved and checked, and all that a renderer sees.
//!
//! Everything here is plain data. References between items are by name and always resolve, because lowering refuses
//! a spec in which one does not.

/// The whole API.
#[derive(Clone, Debug, PartialEq)]
pub struct Api {
    /// Documents, hosts, headers, signature, envelope and codes.
    pub service: Service,
    /// Enums in the spec's order.
    pub enums: Vec<Enum>,
    /// Requests, responses and the objects nested in them, in the spec's order.
    pub types: Vec<Type>,
    /// Operations in the order of their files.
    pub operations: Vec<Operation>,
    /// Paths of the spec files, for the header of the generated files.
    pub spec_files: Vec<String>,
}

/// One English sentence about an item and the documents it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Doc {
    /// The sentence.
    pub text: String,
    /// Names of the documents, such as `002` or `001 example`.
    pub source: Vec<String>,
}

/// What holds for every operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// What the service is.
    pub doc: Doc,
    /// The documents that everything is from.
    pub documents: Vec<Document>,
    /// Base URLs by brand.
    pub base_urls: Vec<BaseUrl>,
    /// Headers of every request.
    pub headers: Vec<Header>,
    /// How a request is signed.
    pub signing: Signing,
    /// Names of the envelope's parts.
    pub envelope: Envelope,
    /// Status codes.
    pub codes: Vec<Code>,
}

/// A document that items of the spec are from.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Name under which `source` refers to it.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// What it is about.
    pub doc: String,
}

/// The base URL of a brand.
#[derive(Clone, Debug, PartialEq)]
pub struct BaseUrl {
    /// Name of the constant, such as `ITNIO`.
    pub name: String,
    /// The URL without a trailing slash.
    pub url: String,
    /// What it is.
    pub doc: Doc,
}

/// A header of every request.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Name on the wire.
    pub name: String,
    /// Where its value comes from.
    pub value: HeaderValue,
    /// Whether the value must never be shown.
    pub secret: bool,
    /// What it is.
    pub doc: Doc,
}

/// Where the value of a header comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum HeaderValue {
    /// Always the same text.
    Fixed(String),
    /// An input of the call: `sign`, `timestamp` or `api_key`.
    Input(String),
}

/// How a request is signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Signing {
    /// Name of the hash.
    pub algorithm: String,
    /// Names of the inputs, joined in this order.
    pub inputs: Vec<String>,
    /// How the hash is written.
    pub encoding: String,
    /// What is signed.
    pub doc: Doc,
    /// The published test vector.
    pub vector: SigningVector,
}

/// A published example of a signature.
#[derive(Clone, Debug, PartialEq)]
pub struct SigningVector {
    /// API key.
    pub api_key: String,
    /// API secret.
    pub api_secret: String,
    /// Unix time in seconds.
    pub timestamp: i64,
    /// The signature.
    pub sign: String,
}

/// The envelope of every answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// The status code.
    pub code: EnvelopePart,
    /// The reason of a failure.
    pub message: EnvelopePart,
    /// The response.
    pub data: EnvelopePart,
}

/// A part of the envelope.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvelopePart {
    /// Names on the wire, the preferred one first.
    pub names: Vec<String>,
    /// What it is.
    pub doc: Doc,
}

/// A status code.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// Name in `snake_case`.
    pub name: String,
    /// Number on the wire.
    pub number: i64,
    /// Error class, absent for success.
    pub error: Option<String>,
    /// What a failure with this code permits.
    pub retry: RetryPermit,
    /// Wordings of the documents.
    pub wordings: Vec<String>,
    /// What the caller can do about it.
    pub remedy: Option<String>,
    /// What it means.
    pub doc: Doc,
}

/// What a failure with a code permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryPermit {
    /// No repetition.
    Never,
    /// Repetition of an operation that changes nothing.
    Query,
    /// Repetition of any operation after a longer pause: it was refused before processing.
    Throttled,
    /// Repetition of any operation with a corrected clock: it was refused before processing.
    Clock,
}

/// An open set of named numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Enum {
    /// Name in `PascalCase`.
    pub name: String,
    /// What it is.
    pub doc: Doc,
    /// Values in the spec's order.
    pub values: Vec<EnumValue>,
}

/// A value of an enum.
#[derive(Clone, Debug, PartialEq)]
pub struct EnumValue {
    /// Name in `snake_case`.
    pub name: String,
    /// Number on the wire.
    pub number: i64,
    /// What it means.
    pub doc: String,
}

/// Which way an object travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the service: strict.
    Request,
    /// From the service: lenient.
    Response,
}

/// An object.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    /// Name in `PascalCase`.
    pub name: String,
    /// Which way it travels.
    pub direction: Direction,
    /// What it is.
    pub doc: Doc,
    /// Fields in the documents' order; those of a response include the ones shared with other types.
    pub fields: Vec<Field>,
    /// Rules over more than one field.
    pub rules: Vec<Rule>,
    /// Advice that is not a rule.
    pub warnings: Vec<Warning>,
    /// Named ways to make a value.
    pub constructors: Vec<Constructor>,
    /// Name of the type that sums this one's fees, if it has fees to sum.
    pub totals: Option<String>,
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Name on the wire.
    pub wire: String,
    /// Further names under which a response may carry it.
    pub aliases: Vec<String>,
    /// Name of the nested wire object that holds it, if one does; users see the field flat.
    pub within: Option<String>,
    /// What it holds.
    pub kind: FieldKind,
    /// When it must be present. Always [`Required::Never`] in a response.
    pub required: Required,
    /// What is filled in when the caller gives nothing.
    pub default: Option<Literal>,
    /// Limits that hold whenever it is present. Empty in a response.
    pub limits: Vec<Limit>,
    /// Whether only examples of the documents show it.
    pub example_only: bool,
    /// What it is.
    pub doc: Doc,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldKind {
    /// An integer of 32 bits.
    Int32,
    /// An integer of 64 bits.
    Int64,
    /// A finite number.
    Float,
    /// Text.
    String,
    /// 0 or 1 on the wire, a boolean for the user.
    Flag,
    /// `true` or `false`, in responses only.
    Bool,
    /// `yyyy-MM-dd HH:mm:ss`, a real date.
    DateTime,
    /// Bytes in padded base64.
    Base64,
    /// An amount of money as text, such as `0.034827(USD)`.
    Fee,
    /// A value of the enum of this name.
    Enum(String),
    /// The object of this name.
    Object(String),
    /// A list.
    List(Box<FieldKind>),
}

/// When a field must be present.
#[derive(Clone, Debug, PartialEq)]
pub enum Required {
    /// It may be left out.
    Never,
    /// It must be there.
    Always,
    /// It must be there when all of these hold.
    When(Vec<Condition>),
}

/// An equality between a field of the same object and a literal. A field that is absent equals nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Wire name of the field.
    pub field: String,
    /// What it must equal.
    pub equals: Literal,
}

/// A literal of the spec.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// Value of a flag: `true` is 1 on the wire.
    Flag(bool),
    /// A whole number.
    Int(i64),
    /// The value `name` of the enum `enum_name`, `number` on the wire.
    Enum {
        /// Name of the enum.
        enum_name: String,
        /// Name of the value.
        name: String,
        /// Number of the value.
        number: i64,
    },
}

/// A limit on one field.
#[derive(Clone, Debug, PartialEq)]
pub enum Limit {
    /// Smallest and largest number.
    Range {
        /// Smallest allowed value.
        min: Option<f64>,
        /// Largest allowed value.
        max: Option<f64>,
    },
    /// Fewest and most characters (Unicode scalar values).
    Length {
        /// Fewest characters.
        min: Option<u64>,
        /// Most characters.
        max: Option<u64>,
    },
    /// The only values of an enum that are allowed here; without it, all values of the enum are.
    OneOf(Vec<EnumValue>),
    /// A form that text must have.
    Format(Format),
}

/// A form that text must have, beyond what its kind says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One digit, 0 to 9.
    Digit,
}

/// A rule over more than one field.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// At least one of the flags is 1.
    AtLeastOne {
        /// When the rule holds; always if empty.
        when: Vec<Condition>,
        /// Wire names of the flags.
        fields: Vec<String>,
        /// What to do.
        doc: String,
    },
}

/// Advice that is not a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// A number other than 0 has no effect unless all conditions hold.
    NoEffect {
        /// Wire name of the number.
        field: String,
        /// When it has effect.
        unless: Vec<Condition>,
        /// What to know.
        doc: String,
    },
    /// A template has a `${…}` other than `${<name><min>}` to `${<name><max>}`.
    UnknownVariable {
        /// Wire name of the template.
        field: String,
        /// Name of the variables before their number.
        name: String,
        /// Smallest number.
        min: i64,
        /// Largest number.
        max: i64,
        /// What to know.
        doc: String,
    },
}

/// A named way to make a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Constructor {
    /// Name in `snake_case`.
    pub name: String,
    /// Fields with fixed values.
    pub set: Vec<(String, Literal)>,
    /// Wire names of the fields that the caller gives, in order.
    pub arguments: Vec<String>,
    /// Wire names of arguments that have other names for the caller, and those names, in `camelCase` like a field's.
    pub names: Vec<(String, String)>,
    /// What it makes.
    pub doc: String,
}

/// An operation of the service.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Name in `snake_case`; the method of the client.
    pub name: String,
    /// Whether it may be repeated.
    pub kind: OperationKind,
    /// Path below the base URL, without a leading slash.
    pub path: String,
    /// What it does.
    pub doc: Doc,
    /// Name of the request's type.
    pub request: String,
    /// Name of the response's type; `None` if the service answers nothing of use.
    pub response: Option<String>,
    /// Wire names of the fields that the client's method takes instead of the whole request; empty: the request.
    pub arguments: Vec<String>,
    /// How its response is read page after page.
    pub paging: Option<Paging>,
    /// Examples of the documents, verbatim.
    pub examples: Vec<Example>,
}

/// Whether an operation may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// It changes nothing.
    Query,
    /// It changes something, so that it must not be repeated unless it was provably not carried out.
    Update,
}

/// How a response is read page after page.
#[derive(Clone, Debug, PartialEq)]
pub struct Paging {
    /// Name of the client's method that reads all pages.
    pub name: String,
    /// What the method does.
    pub doc: String,
    /// Wire name of the request's page number.
    pub page: String,
    /// Wire name of the response's list.
    pub records: String,
    /// Name of the type of the list's items.
    pub item: String,
    /// Wire name of the response's number of pages.
    pub pages: String,
    /// Wire name of the response's number of items.
    pub total: String,
    /// Wire name of the item's unique key.
    pub id: String,
}

/// An example of the documents.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Name of the document.
    pub source: String,
    /// The request's body, verbatim.
    pub request: String,
    /// The answer's body, verbatim.
    pub response: String,
}

impl Direction {
    /// Returns the word of the spec: `request` or `response`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
        }
    }

    /// Returns the other direction.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Request => Self::Response,
            Self::Response => Self::Request,
        }
    }
}

impl Condition {
    /// Conditions in words, with numbers as on the wire: `` `toSeat` is 1 and `toSeatType` is 2 ``.
    #[must_use]
    pub fn in_words(conditions: &[Condition]) -> String {
        let parts =
            conditions.iter().map(|condition| format!("`{}` is {}", condition.field, condition.equals.number()));
        parts.collect::<Vec<_>>().join(" and ")
    }
}

impl Constructor {
    /// The name under which the caller gives a field.
    #[must_use]
    pub fn argument_name<'a>(&'a self, wire: &'a str) -> &'a str {
        self.names.iter().find(|(field, _)| field == wire).map_or(wire, |(_, name)| name)
    }
}

impl FieldKind {
    /// What the items of a list hold, or what the field itself holds.
    #[must_use]
    pub fn item(&self) -> &FieldKind {
        match self {
            Self::List(item) => item,
            other => other,
        }
    }
}

impl Literal {
    /// The number that stands for it on the wire.
    #[must_use]
    pub fn number(&self) -> i64 {
        match self {
            Literal::Flag(flag) => i64::from(*flag),
            Literal::Int(number) | Literal::Enum { number, .. } => *number,
        }
    }
}

impl Api {
    /// The type of this name, which lowering made sure is there.
    ///
    /// # Panics
    ///
    /// If there is none, which is a bug of lowering.
    #[must_use]
    pub fn type_named(&self, name: &str) -> &Type {
        self.types.iter().find(|t| t.name == name).unwrap_or_else(|| panic!("no type {name}"))
    }

    /// The enum of this name, which lowering made sure is there.
    ///
    /// # Panics
    ///
    /// If there is none, which is a bug of lowering.
    #[must_use]
    pub fn enum_named(&self, name: &str) -> &Enum {
        self.enums.iter().find(|e| e.name == name).unwrap_or_else(|| panic!("no enum {name}"))
    }
}

impl Type {
    /// The field of this wire name, which lowering made sure is there.
    ///
    /// # Panics
    ///
    /// If there is none, which is a bug of lowering.
    #[must_use]
    pub fn field(&self, wire: &str) -> &Field {
        self.fields.iter().find(|f| f.wire == wire).unwrap_or_else(|| panic!("no field {wire} in {}", self.name))
    }
}
