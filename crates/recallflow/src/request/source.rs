//! Where the values of a request are read from: JSON text, or objects of another language.

use std::borrow::Cow;

/// A value of a request that was not checked yet.
///
/// Each method returns `None` where the value is something else, and [`describe`](Self::describe) then says what.
pub trait Source: Sized {
    /// An object of such values.
    type Object: Object<Value = Self>;

    /// Whether the value is null, which is the same as absent.
    fn is_null(&self) -> bool;
    /// Returns the fields of an object.
    fn object(&self) -> Option<Self::Object>;
    /// Returns the items of a list.
    fn list(&self) -> Option<Vec<Self>>;
    /// Returns a text.
    fn text(&self) -> Option<Cow<'_, str>>;
    /// Returns a number without a fraction; `30.0` is 30.
    fn integer(&self) -> Option<i64>;
    /// Returns a finite number.
    fn float(&self) -> Option<f64>;
    /// Returns the number that a flag has on the wire.
    fn flag(&self) -> Option<i64> {
        self.integer()
    }
    /// Returns the value as a message shows it: short, and long text not at all.
    fn describe(&self) -> String;
}

/// An object of a request that was not checked yet.
pub trait Object {
    /// What its fields hold.
    type Value: Source<Object = Self>;

    /// Returns how the fields are arranged.
    fn form(&self) -> Form;
    /// Returns the field with this name on the wire.
    fn get(&self, wire: &'static str) -> Found<Self::Value>;
    /// Returns the number of fields.
    fn count(&self) -> usize;
    /// Returns the names of all fields as the caller wrote them.
    fn names(&self) -> Vec<Cow<'_, str>>;
    /// Returns the name that the caller writes for the field with this name on the wire.
    fn name_of(&self, wire: &'static str) -> Cow<'static, str> {
        wire.into()
    }
}

/// What an object has under a name.
#[derive(Debug)]
pub enum Found<V> {
    /// Nothing.
    Absent,
    /// One value.
    Once(V),
    /// Something that cannot be read, with the complaint about it.
    Refused(Cow<'static, str>),
}

impl<V> Found<V> {
    /// Returns the only one of the values under a name.
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
    /// As users of other languages write a request: nested wire objects are flat, flags are booleans, and a missing
    /// field has its default.
    Request,
    /// As users of other languages see a response: likewise, but without defaults, and with values that did not fit in
    /// `extra`.
    Response,
}
