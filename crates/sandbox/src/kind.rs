//! The tables of the command protocol: which values a command or fault takes.

/// The kind of a value.
#[derive(Debug)]
pub(crate) enum ProtocolKind {
    Bool,
    Text,
    /// A whole number from the first to the second one.
    Integer(i64, i64),
    /// Milliseconds; Python has seconds.
    Duration,
    /// Unix time in seconds; only in results.
    Time,
    /// `yyyy-MM-dd HH:mm:ss`.
    CivilTime,
    /// Text, or `{"base64": text}`.
    Bytes,
    /// Pairs of name and value.
    Headers,
    Ip,
    /// The name of an operation, or a path.
    Operation,
    Fault,
    /// A flow in the service's JSON.
    Flow,
    /// A task in the service's JSON.
    Task,
    /// A node of a flow in the service's JSON; its names are checked with the flow.
    Node,
    /// One of these texts.
    Choice(&'static [&'static str]),
    Object(&'static [Field]),
    List(&'static ProtocolKind),
}

/// A field of an object, or an item of a fault.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: ProtocolKind,
    pub(crate) presence: FieldPresence,
}

/// Whether a field may be left out.
#[derive(Debug)]
pub(crate) enum FieldPresence {
    /// It is an error.
    Required,
    /// The field is null, which may also be written.
    Optional,
    /// The field is this JSON.
    Default(&'static str),
}

/// A fault or a command.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) name: &'static str,
    pub(crate) payload: Payload,
}

/// The value of a fault or a command.
#[derive(Debug)]
pub(crate) enum Payload {
    Nothing,
    Value(&'static ProtocolKind),
    /// Several values in a list.
    Items(&'static [Field]),
    Fields(&'static [Field]),
}
