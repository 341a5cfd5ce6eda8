//! The intermediate representation (IR) of the spec, resolved and validated. It is the only input of the renderers.
//!
//! Everything here is plain data. Items refer to each other by name. Every reference resolves, because lowering rejects a
//! spec with an unknown name.

pub mod options;
pub mod sandbox;
pub mod service;

use options::ClientOption;
use sandbox::Protocol;
use serde::Serialize;
use service::Service;

/// The whole API.
#[derive(Clone, Debug, PartialEq)]
pub struct Api {
    /// Documents, base URLs, headers, signature, envelope and codes.
    pub service: Service,
    /// Enums in the spec's order.
    pub enums: Vec<Enum>,
    /// Requests, responses and the objects nested in them, in the spec's order.
    pub types: Vec<Type>,
    /// Operations in the order of their files.
    pub operations: Vec<Operation>,
    /// The options of a client.
    pub options: Vec<ClientOption>,
    /// The command protocol of the sandbox, if the spec describes it.
    pub sandbox: Option<Protocol>,
    /// Paths of the spec files, for the header of the generated files.
    pub spec_files: Vec<String>,
}

/// The description of an item and its sources.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Doc {
    /// One or two sentences.
    pub text: String,
    /// Names of the documents, such as `002` or `001 example`.
    pub source: Vec<String>,
}

/// An open enum: named integers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Enum {
    /// Name in `PascalCase`.
    pub name: String,
    /// Description.
    pub doc: Doc,
    /// Values in the spec's order.
    pub values: Vec<EnumValue>,
}

/// A value of an enum.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EnumValue {
    /// Name in `snake_case`.
    pub name: String,
    /// Number on the wire.
    pub number: i64,
    /// Meaning.
    pub doc: Doc,
    /// Names of the states that may follow directly. `None` if the value is not a state.
    pub next: Option<Vec<String>>,
}

/// The direction of an object.
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
    /// Request or response.
    pub direction: Direction,
    /// Description.
    pub doc: Doc,
    /// Fields in the order of the documents, with the included ones.
    pub fields: Vec<Field>,
    /// Rules over more than one field.
    pub rules: Vec<Rule>,
    /// Lints: valid requests that are probably mistakes.
    pub lints: Vec<Lint>,
    /// Named constructors.
    pub constructors: Vec<Constructor>,
    /// Name of the type that sums the fees of this one.
    pub totals: Option<String>,
    /// Wire name of the fee that is the cost of the whole object. Only a response with `totals` has it.
    pub cost: Option<String>,
    /// Wire name of the field with the state of the object. Only a response with `totals` has it.
    pub state: Option<String>,
    /// Names of the requests that write this response back, in order of preference.
    pub updates: Vec<String>,
    /// Fields of variants that this request or object of a request must not have: their wire path and their type.
    pub foreign: Vec<(String, String)>,
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Name on the wire.
    pub wire: String,
    /// Other names in responses.
    pub aliases: Vec<String>,
    /// Name of the nested wire object that contains it, if any. The languages show the field flat.
    pub within: Option<String>,
    /// Kind of its value.
    pub kind: FieldKind,
    /// When it is required. Always [`Required::Never`] in a response.
    pub required: Required,
    /// Default value. Only a required field has one.
    pub default: Option<Literal>,
    /// Limits that apply if it is present. Empty in a response.
    pub limits: Vec<Limit>,
    /// Whether only examples in the documents show it.
    pub example_only: bool,
    /// Description.
    pub doc: Doc,
}

impl Field {
    /// Returns whether the field holds IDs, whose every digit counts: integers of 64 bits, by their name.
    #[must_use]
    pub fn is_id(&self) -> bool {
        let is_name = |name: &str| ["Id", "Ids"].iter().any(|end| name.ends_with(end)) || name == "id";
        *self.kind.item() == FieldKind::Int64 && is_name(&self.wire)
    }
}

/// The kind of a field's value.
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
    /// A valid date and time, `yyyy-MM-dd HH:mm:ss`.
    DateTime,
    /// Bytes in padded base64.
    Base64,
    /// A number that is written as text.
    Written(Notation),
    /// A value of the enum of this name.
    Enum(String),
    /// The object of this name.
    Object(String),
    /// A list.
    List(Box<FieldKind>),
}

/// How a text writes a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// An amount of money, such as `0.034827(USD)`.
    Fee,
    /// A percentage, such as `80`.
    Percent,
    /// A duration with its unit, such as `60s`.
    Duration,
}

/// When a field is required.
#[derive(Clone, Debug, PartialEq)]
pub enum Required {
    /// It is optional.
    Never,
    /// It is required.
    Always,
    /// It is required if all conditions hold.
    When(Vec<Condition>),
}

/// A comparison of a field of the same object with a literal. It does not hold if the field is absent.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Wire name of the field.
    pub field: String,
    /// Expected value.
    pub equals: Literal,
}

/// A literal of the spec.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// Value of a flag: `true` is 1 on the wire.
    Flag(bool),
    /// An integer.
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
    /// Limits of a number.
    Range {
        /// Smallest allowed value.
        min: Option<f64>,
        /// Largest allowed value.
        max: Option<f64>,
    },
    /// Limits of a text in characters (Unicode scalar values).
    Length {
        /// Fewest characters.
        min: Option<u64>,
        /// Most characters.
        max: Option<u64>,
    },
    /// The allowed values of an enum. Without this limit, all values are allowed.
    OneOf(Vec<EnumValue>),
    /// The format of a text.
    Format(Format),
}

/// A format of a text.
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
        /// Conditions of the rule; if empty, it always applies.
        when: Vec<Condition>,
        /// Wire names of the flags.
        fields: Vec<String>,
        /// Message for the caller.
        doc: String,
    },
}

/// A check for valid requests that are probably mistakes.
#[derive(Clone, Debug, PartialEq)]
pub enum Lint {
    /// An integer other than 0 without effect, because one of the conditions does not hold.
    NoEffect {
        /// Wire name of the integer.
        field: String,
        /// Conditions under which it has an effect.
        unless: Vec<Condition>,
        /// Message for the caller.
        doc: String,
    },
    /// A template with a variable other than `${<name><min>}` to `${<name><max>}`.
    UnknownVariable {
        /// Wire name of the template.
        field: String,
        /// Name of the variables, without the number.
        name: String,
        /// Smallest number.
        min: i64,
        /// Largest number.
        max: i64,
        /// Message for the caller.
        doc: String,
    },
    /// A list that is present and empty.
    Empty {
        /// Wire name of the list.
        field: String,
        /// Message for the caller.
        doc: String,
    },
    /// A time span that ends before it starts.
    Reversed {
        /// Wire name of the start.
        start: String,
        /// Wire name of the end.
        end: String,
        /// Message for the caller.
        doc: String,
    },
}

/// A named constructor.
#[derive(Clone, Debug, PartialEq)]
pub struct Constructor {
    /// Name in `snake_case`.
    pub name: String,
    /// Fields that it sets.
    pub set: Vec<(String, Literal)>,
    /// Wire names of its arguments, in order.
    pub arguments: Vec<String>,
    /// Pairs of a field's wire name and its argument name in `camelCase`, where they differ.
    pub names: Vec<(String, String)>,
    /// Description.
    pub doc: String,
}

/// An operation of the service.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Operation {
    /// Name in `snake_case`. The client has a method of this name.
    pub name: String,
    /// Query or update.
    pub kind: OperationKind,
    /// Path below the base URL, without a leading slash.
    pub path: String,
    /// Name of the operation with the same path, of which this is a variant with another request.
    pub variant_of: Option<String>,
    /// Description.
    pub doc: Doc,
    /// Name of the request type.
    pub request: String,
    /// Name of the response type; `None` if the response contains no useful data.
    pub response: Option<String>,
    /// Wire names of the fields that the client's method takes. If empty, it takes the whole request.
    pub arguments: Vec<String>,
    /// Pairs of a field's wire name and its argument name in `camelCase`, where they differ.
    pub names: Vec<(String, String)>,
    /// Paging, if the response is one page of a list.
    pub paging: Option<Paging>,
    /// Examples from the documents, verbatim.
    pub examples: Vec<Example>,
}

/// The kind of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    /// Changes nothing, and may be retried.
    Query,
    /// Changes something. It is retried only if the service provably did not process it.
    Update,
}

/// The paging of an operation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Paging {
    /// Name of the client's method that reads all pages.
    pub name: String,
    /// Description of the method.
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

/// An example from the documents.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Example {
    /// Name of the document.
    pub source: String,
    /// The request's body, verbatim.
    pub request: String,
    /// The response's body, verbatim.
    pub response: String,
}

impl Type {
    /// Returns the field with the state of the object, and its enum.
    #[must_use]
    pub fn state_enum<'a>(&'a self, api: &'a Api) -> Option<(&'a Field, &'a Enum)> {
        let field = self.fields.iter().find(|field| Some(&field.wire) == self.state.as_ref())?;
        let of = api.enums.iter().find(|item| matches!(&field.kind, FieldKind::Enum(name) if *name == item.name))?;
        Some((field, of))
    }
}

impl Enum {
    /// Returns the final states: the values with an empty `next`.
    pub fn final_values(&self) -> impl Iterator<Item = &EnumValue> {
        self.values.iter().filter(|value| value.next.as_ref().is_some_and(Vec::is_empty))
    }
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
    /// Formats conditions with the numbers on the wire: `` `toSeat` is 1 and `toSeatType` is 2 ``.
    #[must_use]
    pub fn in_words(conditions: &[Condition]) -> String {
        let parts =
            conditions.iter().map(|condition| format!("`{}` is {}", condition.field, condition.equals.number()));
        parts.collect::<Vec<_>>().join(" and ")
    }
}

impl Constructor {
    /// Returns the argument name of a field.
    #[must_use]
    pub fn argument_name<'a>(&'a self, wire: &'a str) -> &'a str {
        argument_name(&self.names, wire)
    }
}

impl Operation {
    /// Returns the argument name of a field.
    #[must_use]
    pub fn argument_name<'a>(&'a self, wire: &'a str) -> &'a str {
        argument_name(&self.names, wire)
    }

    /// Returns the wire name of the only field that the client's method takes. A method with several fields takes them
    /// in Python, and the whole request in languages whose callers cannot name arguments.
    #[must_use]
    pub fn single_argument(&self) -> Option<&str> {
        match self.arguments.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

/// Returns the argument name of a field: its wire name, if it has no other name.
fn argument_name<'a>(names: &'a [(String, String)], wire: &'a str) -> &'a str {
    names.iter().find(|(field, _)| field == wire).map_or(wire, |(_, name)| name)
}

impl FieldKind {
    /// Returns the kind of the items of a list, or the kind itself.
    #[must_use]
    pub fn item(&self) -> &FieldKind {
        match self {
            Self::List(item) => item,
            other => other,
        }
    }
}

impl Literal {
    /// Returns the number on the wire.
    #[must_use]
    pub fn number(&self) -> i64 {
        match self {
            Literal::Flag(flag) => i64::from(*flag),
            Literal::Int(number) | Literal::Enum { number, .. } => *number,
        }
    }
}

impl Api {
    /// Returns the operations by path, in order. The variants of an operation follow it.
    #[must_use]
    pub fn by_path(&self) -> Vec<Vec<&Operation>> {
        let mut groups: Vec<Vec<&Operation>> = Vec::new();
        for operation in &self.operations {
            match groups.iter_mut().find(|group| group[0].path == operation.path) {
                Some(group) if operation.variant_of.is_none() => group.insert(0, operation),
                Some(group) => group.push(operation),
                None => groups.push(vec![operation]),
            }
        }
        groups
    }

    /// Returns the type of this name.
    ///
    /// # Panics
    ///
    /// If there is none. Lowering rejects unknown names, so this is a bug of lowering.
    #[must_use]
    pub fn type_named(&self, name: &str) -> &Type {
        self.types.iter().find(|t| t.name == name).unwrap_or_else(|| panic!("no type {name}"))
    }

    /// Returns the enum of this name.
    ///
    /// # Panics
    ///
    /// If there is none. Lowering rejects unknown names, so this is a bug of lowering.
    #[must_use]
    pub fn enum_named(&self, name: &str) -> &Enum {
        self.enums.iter().find(|e| e.name == name).unwrap_or_else(|| panic!("no enum {name}"))
    }
}

impl Field {
    /// Returns the path of the field in its object, in wire names.
    #[must_use]
    pub fn wire_path(&self) -> String {
        match &self.within {
            Some(object) => format!("{object}.{}", self.wire),
            None => self.wire.clone(),
        }
    }
}

impl Type {
    /// Returns the field of this wire name.
    ///
    /// # Panics
    ///
    /// If there is none. Lowering rejects unknown names, so this is a bug of lowering.
    #[must_use]
    pub fn field(&self, wire: &str) -> &Field {
        self.fields.iter().find(|f| f.wire == wire).unwrap_or_else(|| panic!("no field {wire} in {}", self.name))
    }

    /// Returns the wire names of the fields that are the start and the end of the request's time span, if it has one.
    #[must_use]
    pub fn span(&self) -> Option<(&str, &str)> {
        self.lints.iter().find_map(|lint| match lint {
            Lint::Reversed { start, end, .. } => Some((start.as_str(), end.as_str())),
            _ => None,
        })
    }
}
