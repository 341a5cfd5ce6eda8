//! The command protocol of the sandbox: its faults, commands and options.

/// The protocol.
#[derive(Clone, Debug, PartialEq)]
pub struct Protocol {
    /// Enums.
    pub enums: Vec<TextEnum>,
    /// Objects.
    pub objects: Vec<ProtocolObject>,
    /// Faults.
    pub faults: Vec<Message>,
    /// Commands that end at once.
    pub commands: Vec<Message>,
    /// Commands that wait.
    pub waits: Vec<Message>,
}

/// A type whose values are known texts.
#[derive(Clone, Debug, PartialEq)]
pub struct TextEnum {
    /// Name in `PascalCase`.
    pub name: String,
    /// Description.
    pub doc: String,
    /// The texts.
    pub values: Vec<TextValue>,
}

/// A value of an enum.
#[derive(Clone, Debug, PartialEq)]
pub struct TextValue {
    /// The text.
    pub name: String,
    /// Description.
    pub doc: String,
}

/// An object with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct ProtocolObject {
    /// Name in `PascalCase`.
    pub name: String,
    /// Description.
    pub doc: String,
    /// Whether callers write or read it.
    pub access: Access,
    /// Its fields.
    pub fields: Vec<ProtocolField>,
}

/// Whether callers write or read an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Callers write it.
    Input,
    /// The sandbox returns it.
    Output,
}

/// A field of an object, or an item of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct ProtocolField {
    /// Name in `snake_case`, or in `camelCase` if it is part of seed files.
    pub name: String,
    /// Kind of its value, or of the items of its list.
    pub kind: ProtocolKind,
    /// Whether it is a list.
    pub is_list: bool,
    /// Whether it may be null or left out.
    pub is_optional: bool,
    /// Value if it is left out.
    pub default: Option<DefaultValue>,
    /// Description.
    pub doc: String,
}

/// The value of a field that is left out.
#[derive(Clone, Debug, PartialEq)]
pub enum DefaultValue {
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A text, or a value of an enum.
    Text(String),
    /// A list without items.
    EmptyList,
}

/// The kind of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProtocolKind {
    /// `true` or `false`.
    Bool,
    /// Text.
    Text,
    /// An integer of 64 bits.
    Integer,
    /// A number of things, of 32 bits.
    Count,
    /// A number of bytes or the like, of 63 bits.
    Size,
    /// An HTTP status, 100 to 599.
    HttpStatus,
    /// A port.
    Port,
    /// A duration, in the unit of the language.
    Duration,
    /// A point in time.
    UnixTime,
    /// `yyyy-MM-dd HH:mm:ss`.
    CivilTime,
    /// Bytes, or their text.
    Bytes,
    /// Bytes, or a value that a builder writes as JSON.
    Body,
    /// Pairs of a header's name and value.
    Headers,
    /// The path of a file.
    Path,
    /// An IP address.
    Ip,
    /// The name of an operation.
    Operation,
    /// A fault.
    Fault,
    /// A flow in the service's JSON.
    Flow,
    /// A task in the service's JSON.
    Task,
    /// A value of the enum of this name.
    Enum(String),
    /// The object of this name.
    Object(String),
}

/// A fault or a command.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Name in `snake_case`.
    pub name: String,
    /// Description.
    pub doc: String,
    /// Its values.
    pub payload: Payload,
}

/// The values of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// A single value, or several in a list. If there are none, the message is only a name.
    Items(Vec<ProtocolField>),
    /// The fields of an object without a name.
    Fields(Vec<ProtocolField>),
    /// The object of this name.
    Object(String),
}

impl Protocol {
    /// Returns the object of this name.
    ///
    /// # Panics
    ///
    /// If there is none. Lowering rejects unknown names, so this is a bug of lowering.
    #[must_use]
    pub fn object(&self, name: &str) -> &ProtocolObject {
        self.objects.iter().find(|object| object.name == name).unwrap_or_else(|| panic!("no object {name}"))
    }

    /// Returns the enum of this name.
    ///
    /// # Panics
    ///
    /// If there is none. Lowering rejects unknown names, so this is a bug of lowering.
    #[must_use]
    pub fn text_enum(&self, name: &str) -> &TextEnum {
        self.enums.iter().find(|item| item.name == name).unwrap_or_else(|| panic!("no enum {name}"))
    }
}

impl ProtocolField {
    /// Returns whether the field must be given.
    #[must_use]
    pub fn is_required(&self) -> bool {
        !self.is_optional && self.default.is_none()
    }
}

impl DefaultValue {
    /// Returns the value as JSON.
    #[must_use]
    pub fn json(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
            Self::EmptyList => "[]".to_owned(),
        }
    }
}
