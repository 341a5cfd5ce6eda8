//! Reads an answer straight from the bytes into its fields, in one pass.
//!
//! The generated code lists the fields of each type; everything that decides anything is here. A field that does not
//! fit keeps its JSON in [`Extra`], so nothing is lost and nothing fails but JSON that is none. Of a name that comes
//! twice, what came last counts, so that no field has a value while [`Extra`] has one that did not fit it.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::coerce::Fit;
use crate::response::extra::Extra;

/// An object while it is read: a record of this crate, or one that another language will show.
pub(crate) trait Object {
    fn names(&self) -> &'static [&'static str];
    fn read<'de, A: MapAccess<'de>>(&mut self, field: usize, value: FieldValue<'_, A>) -> Result<(), A::Error>;
    fn extra(&mut self) -> &mut Extra;
}

/// How objects are made.
pub(crate) trait MakeObject: Copy {
    /// The object while it is read.
    type Open: Object;
    /// The object.
    type Object;
    /// Begins an object.
    fn open(self) -> Self::Open;
    /// Ends it.
    fn close(self, open: Self::Open) -> Self::Object;
    /// The object as it came.
    fn to_json(self, object: &Self::Object) -> Value;
}

/// How values that are no objects and no lists are made; `None` if the JSON does not fit.
pub(crate) trait MakeValue: Copy {
    /// The value.
    type Value;
    /// From a whole number.
    fn integer(self, number: i64) -> Option<Self::Value>;
    /// From a number with a fraction, or one beyond 64 bits.
    fn float(self, number: f64) -> Option<Self::Value>;
    /// From text.
    fn text(self, text: &str) -> Option<Self::Value>;
    /// From a truth value.
    fn boolean(self, value: bool) -> Option<Self::Value>;
    /// The value as it came.
    fn to_json(self, value: &Self::Value) -> Value;
}

/// What a JSON value turned out to be.
pub(crate) enum Fitted<T> {
    /// Null.
    Null,
    /// A value of the type.
    Fits(T),
    /// Something else.
    Odd(Value),
}

/// What the data of an answer is read into.
pub(crate) trait ReadData: Copy {
    /// What is read.
    type Data;
    /// What the caller gets.
    type Response;
    /// What stands for data that is not there.
    fn absent(self) -> Self::Data;
    /// Reads the data from `body`, in which it lies.
    fn read<'de, D: Deserializer<'de>>(self, body: &str, deserializer: D) -> Result<Fitted<Self::Data>, D::Error>;
    /// Makes of it what the caller gets; `text` is the body again.
    fn finish(self, data: Self::Data, text: Bytes) -> Self::Response;
}

/// The value of a field that is about to be read.
pub(crate) struct FieldValue<'a, A> {
    name: &'static str,
    map: &'a mut A,
}

impl<'de, A: MapAccess<'de>> FieldValue<'_, A> {
    /// Keeps a value as it is.
    pub(crate) fn other(self, extra: &mut Extra) -> Result<(), A::Error> {
        extra.insert(self.name, self.map.next_value()?);
        Ok(())
    }

    /// [`FieldValue::value`], made in any way.
    pub(crate) fn value_by<M: MakeValue>(
        self,
        make: M,
        slot: &mut Option<M::Value>,
        extra: &mut Extra,
    ) -> Result<(), A::Error> {
        match self.map.next_value_seed(ValueSeed(make))? {
            Fitted::Null => {}
            Fitted::Fits(value) => {
                extra.remove(self.name);
                *slot = Some(value);
            }
            Fitted::Odd(value) => {
                extra.insert(self.name, value);
                *slot = None;
            }
        }
        Ok(())
    }

    /// [`FieldValue::alias`], made in any way.
    pub(crate) fn alias_by<M: MakeValue>(
        self,
        make: M,
        usual: &str,
        slot: &mut Option<M::Value>,
        extra: &mut Extra,
    ) -> Result<(), A::Error> {
        if slot.is_some() || extra.has(usual) { self.other(extra) } else { self.value_by(make, slot, extra) }
    }

    /// [`FieldValue::record`], made in any way.
    pub(crate) fn record_by<M: MakeObject>(
        self,
        make: M,
        slot: &mut Option<M::Object>,
        extra: &mut Extra,
    ) -> Result<(), A::Error> {
        match self.map.next_value_seed(ObjectSeed(make))? {
            Fitted::Null => {}
            Fitted::Fits(record) => {
                extra.remove(self.name);
                *slot = Some(record);
            }
            Fitted::Odd(value) => {
                extra.insert(self.name, value);
                *slot = None;
            }
        }
        Ok(())
    }

    /// [`FieldValue::records`], made in any way.
    pub(crate) fn records_by<M: MakeObject>(
        self,
        make: M,
        slot: &mut Vec<M::Object>,
        extra: &mut Extra,
    ) -> Result<(), A::Error> {
        self.list(ObjectSeed(make), slot, extra, |object| make.to_json(object))
    }

    /// [`FieldValue::alias_records`], made in any way.
    pub(crate) fn alias_records_by<M: MakeObject>(
        self,
        make: M,
        usual: &str,
        slot: &mut Vec<M::Object>,
        extra: &mut Extra,
    ) -> Result<(), A::Error> {
        if slot.is_empty() && !extra.has(usual) { self.records_by(make, slot, extra) } else { self.other(extra) }
    }

    /// [`FieldValue::values`], made in any way.
    pub(crate) fn values_by<M: MakeValue>(
        self,
        make: M,
        slot: &mut Vec<M::Value>,
        extra: &mut Extra,
    ) -> Result<(), A::Error> {
        self.list(ValueSeed(make), slot, extra, |value| make.to_json(value))
    }

    fn list<T, S: Copy + DeserializeSeed<'de, Value = Fitted<T>>>(
        self,
        item: S,
        slot: &mut Vec<T>,
        extra: &mut Extra,
        to_json: impl Fn(&T) -> Value,
    ) -> Result<(), A::Error> {
        match self.map.next_value_seed(ListSeed(item))? {
            Fitted::Null => {}
            Fitted::Fits((items, odd)) => {
                // The usual name comes after another one: it decides, unless it has nothing.
                let decides = !items.is_empty() || !odd.is_empty();
                if odd.is_empty() {
                    extra.remove(self.name);
                } else {
                    extra.insert(self.name, whole_list(items.iter().map(to_json), odd));
                }
                if decides {
                    *slot = items;
                }
            }
            Fitted::Odd(value) => {
                extra.insert(self.name, value);
                slot.clear();
            }
        }
        Ok(())
    }
}

/// A list with the items that fit and the others in their places, so that it can be written again as it came.
fn whole_list(mut items: impl Iterator<Item = Value>, odd: Vec<(usize, Value)>) -> Value {
    let mut whole = Vec::new();
    for (index, value) in odd {
        let before = index - whole.len();
        whole.extend(items.by_ref().take(before));
        whole.push(value);
    }
    whole.extend(items);
    Value::Array(whole)
}

/// Reads one object.
#[derive(Clone, Copy)]
pub(crate) struct ObjectSeed<M>(pub(crate) M);

impl<'de, M: MakeObject> DeserializeSeed<'de> for ObjectSeed<M> {
    type Value = Fitted<M::Object>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, M: MakeObject> Visitor<'de> for ObjectSeed<M> {
    type Value = Fitted<M::Object>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut object = self.0.open();
        let names = object.names();
        let mut expected = 0;
        while let Some(key) = map.next_key_seed(KeySeed { names, expected })? {
            match key {
                Key::Known(field) => {
                    expected = field + 1;
                    object.read(field, FieldValue { name: names[field], map: &mut map })?;
                }
                Key::Unknown(name) => {
                    let value = map.next_value()?;
                    object.extra().insert(&name, value);
                }
            }
        }
        Ok(Fitted::Fits(self.0.close(object)))
    }

    odd_scalars!();

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        odd_list(seq).map(Fitted::Odd)
    }
}

/// Reads a list, and apart from it the items that do not fit.
struct ListSeed<S>(S);

/// The items that fit, and the others with their indexes.
type List<T> = (Vec<T>, Vec<(usize, Value)>);

impl<'de, T, S: Copy + DeserializeSeed<'de, Value = Fitted<T>>> DeserializeSeed<'de> for ListSeed<S> {
    type Value = Fitted<List<T>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T, S: Copy + DeserializeSeed<'de, Value = Fitted<T>>> Visitor<'de> for ListSeed<S> {
    type Value = Fitted<List<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        let mut odd = Vec::new();
        while let Some(item) = seq.next_element_seed(self.0)? {
            match item {
                Fitted::Fits(item) => items.push(item),
                Fitted::Null => odd.push((items.len() + odd.len(), Value::Null)),
                Fitted::Odd(value) => odd.push((items.len() + odd.len(), value)),
            }
        }
        Ok(Fitted::Fits((items, odd)))
    }

    odd_scalars!();

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        odd_object(map).map(Fitted::Odd)
    }
}

/// Reads one value that is no object and no list.
#[derive(Clone, Copy)]
struct ValueSeed<M>(M);

impl<'de, M: MakeValue> DeserializeSeed<'de> for ValueSeed<M> {
    type Value = Fitted<M::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, M: MakeValue> Visitor<'de> for ValueSeed<M> {
    type Value = Fitted<M::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(fitted(self.0.integer(number), number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(fitted(i64::try_from(number).ok().and_then(|number| self.0.integer(number)), number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(fitted(self.0.float(number), number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(fitted(self.0.text(text), text))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(fitted(self.0.boolean(value), value))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Fitted::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        odd_list(seq).map(Fitted::Odd)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        odd_object(map).map(Fitted::Odd)
    }
}

fn fitted<T>(fits: Option<T>, otherwise: impl Into<Value>) -> Fitted<T> {
    fits.map_or_else(|| Fitted::Odd(otherwise.into()), Fitted::Fits)
}

fn odd_list<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Value, A::Error> {
    let mut items = Vec::new();
    while let Some(item) = seq.next_element()? {
        items.push(item);
    }
    Ok(Value::Array(items))
}

fn odd_object<'de, A: MapAccess<'de>>(mut map: A) -> Result<Value, A::Error> {
    let mut fields = Map::new();
    while let Some((name, value)) = map.next_entry()? {
        fields.insert(name, value);
    }
    Ok(Value::Object(fields))
}

/// The visits of a reader to which no scalar fits.
macro_rules! odd_scalars {
    () => {
        fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
            Ok(Fitted::Odd(number.into()))
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
            Ok(Fitted::Odd(number.into()))
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
            Ok(Fitted::Odd(number.into()))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Fitted::Odd(text.into()))
        }

        fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
            Ok(Fitted::Odd(value.into()))
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(Fitted::Null)
        }
    };
}
use odd_scalars;

/// The name of a field, looked up without copying it.
struct KeySeed {
    names: &'static [&'static str],
    /// The position that comes next if the service keeps to the documented order, which it mostly does.
    expected: usize,
}

enum Key {
    Known(usize),
    Unknown(String),
}

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Key, E> {
        if self.names.get(self.expected).is_some_and(|expected| *expected == name) {
            return Ok(Key::Known(self.expected));
        }
        let position = self.names.iter().position(|known| *known == name);
        Ok(position.map_or_else(|| Key::Unknown(name.to_owned()), Key::Known))
    }
}

/// Reads the data of an answer as a record.
#[derive(Clone, Copy)]
pub(crate) struct AsRecord(pub(crate) &'static crate::response::shape::Shape);

impl ReadData for AsRecord {
    type Data = crate::response::table::Table;
    type Response = crate::response::record::Record;

    fn absent(self) -> Self::Data {
        crate::response::table::Table::blank(self.0)
    }

    fn read<'de, D: Deserializer<'de>>(self, body: &str, deserializer: D) -> Result<Fitted<Self::Data>, D::Error> {
        Ok(match ObjectSeed(super::gather::MakeRow { shape: self.0, body }).deserialize(deserializer)? {
            Fitted::Null => Fitted::Null,
            Fitted::Fits(row) => Fitted::Fits(row.into_table()),
            Fitted::Odd(value) => Fitted::Odd(value),
        })
    }

    fn finish(self, table: Self::Data, text: Bytes) -> Self::Response {
        crate::response::record::Record::new(text, table, self.0)
    }
}
