//! Sources of the values of a request: JSON text, or objects of another language.

use std::borrow::Cow;

use serde_json::Value;

/// A value of a request before it is checked.
///
/// Each method returns `None` if the value has another type; [`describe`](Self::describe) then names the value.
pub trait Source: Sized {
    /// An object of such values.
    type Object: SourceObject<Value = Self>;

    /// Returns whether the value is null, which means the same as absent.
    fn is_null(&self) -> bool;
    /// Returns the fields of an object.
    fn object(&self) -> Option<Self::Object>;
    /// Returns the items of a list.
    fn list(&self) -> Option<Vec<Self>>;
    /// Returns a text.
    fn text(&self) -> Option<Cow<'_, str>>;
    /// Returns a number without a fraction; `30.0` is 30.
    fn integer(&self) -> Option<i64>;
    /// Returns the name of an enum's value, where the caller may write it instead of the number.
    fn enum_name(&self) -> Option<Cow<'_, str>> {
        None
    }
    /// Returns a finite number.
    fn float(&self) -> Option<f64>;
    /// Returns the number that a flag has on the wire.
    fn flag(&self) -> Option<i64> {
        self.integer()
    }
    /// Returns a null, boolean, number or text as JSON.
    fn scalar(&self) -> Option<Value>;
    /// Returns a short description of the value for a message, without the content of a long text.
    fn describe(&self) -> String;
}

/// An object of a request before it is checked.
pub trait SourceObject {
    /// The type of its values.
    type Value: Source<Object = Self>;

    /// Returns how the fields are arranged.
    fn form(&self) -> Form;
    /// Returns the value of the field with this wire name.
    fn get(&self, wire: &'static str) -> Found<Self::Value>;
    /// Returns the number of fields.
    fn count(&self) -> usize;
    /// Returns all fields with their names as the caller wrote them. Of a response, these are at least the undocumented
    /// fields, without the object that holds them.
    fn members(&self) -> Vec<(Cow<'_, str>, Self::Value)>;
    /// Returns the name that the caller uses for the field with this wire name.
    fn name_of(&self, wire: &'static str) -> Cow<'static, str> {
        wire.into()
    }
}

/// The result of looking up a field.
#[derive(Debug)]
pub enum Found<V> {
    /// No such field.
    Absent,
    /// One value.
    Once(V),
    /// A field that cannot be read, with the complaint about it.
    Refused(Cow<'static, str>),
}

impl<V> Found<V> {
    /// Returns the only value of a name, and refuses a name with several.
    pub fn only(mut values: impl Iterator<Item = V>) -> Self {
        match (values.next(), values.next()) {
            (None, _) => Found::Absent,
            (Some(value), None) => Found::Once(value),
            (Some(_), Some(_)) => Found::Refused("is given more than once".into()),
        }
    }
}

/// How the fields of objects are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As on the wire.
    Wire,
    /// As users of other languages write a request: nested wire objects are flattened, flags are booleans, a missing field
    /// has its default, and fields that this version does not know are in `extra`.
    Request,
    /// As users of other languages see a response: like a request, but without defaults, and with values of unexpected
    /// types in `extra` as well.
    Response,
}
