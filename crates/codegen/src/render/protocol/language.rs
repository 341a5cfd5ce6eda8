//! The syntax of a language, as far as the protocol needs it.

use crate::model::sandbox::{Access, Protocol, ProtocolField};

/// A language with types of the protocol.
pub(super) trait Language {
    /// Returns a name of the protocol in the case of the language.
    fn case_name(&self, name: &str) -> String;
    /// Renders the comment of a declaration at this indentation.
    fn doc_comment(&self, indent: usize, text: &str) -> String;
    /// Returns the type of a field.
    fn field_type(&self, protocol: &Protocol, field: &ProtocolField, access: Access) -> String;
    /// Returns the value of a field that is left out.
    fn default_value(&self, field: &ProtocolField) -> String;
    /// Returns the indentation of an object's comment.
    fn body_indent(&self) -> usize {
        0
    }
    /// Returns the null value, for comments.
    fn null_value(&self) -> &'static str;
    /// Returns the sentence that names the unit of durations.
    fn duration_unit(&self) -> &'static str;
}
