//! Reads an answer straight from the bytes into its fields, in one pass.
//!
//! The generated code lists the fields of each type; everything that decides anything is here. A field that does not
//! fit keeps its JSON in [`Extra`], so nothing is lost and nothing fails but JSON that is none.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::extra::Extra;
use super::fit::Fit;

/// An object of an answer.
pub(crate) trait Record: Default {
    /// Names on the wire, in the order in which the service usually sends them; aliases come last.
    const FIELDS: &'static [&'static str];

    /// Reads the field at this position of [`Record::FIELDS`].
    fn read<'de, A: MapAccess<'de>>(&mut self, field: usize, value: FieldValue<'_, A>) -> Result<(), A::Error>;

    /// Where everything else goes.
    fn extra(&mut self) -> &mut Extra;
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

/// Reads a whole record with `serde`, which fails if the JSON is no object.
pub(crate) fn deserialize<'de, T: Record, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    match RecordSeed(PhantomData).deserialize(deserializer)? {
        Fitted::Fits(record) => Ok(record),
        Fitted::Null | Fitted::Odd(_) => Err(D::Error::custom("the JSON is no object")),
    }
}

/// The data of an answer.
pub(crate) trait Response: Default {
    /// Reads the data.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fitted<Self>, D::Error>;
}

impl<T: Record> Response for T {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fitted<Self>, D::Error> {
        RecordSeed(PhantomData).deserialize(deserializer)
    }
}

impl Response for () {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fitted<Self>, D::Error> {
        deserializer.deserialize_ignored_any(IgnoredAny).map(|_| Fitted::Fits(()))
    }
}

/// The value of a field that is about to be read.
pub(crate) struct FieldValue<'a, A> {
    name: &'static str,
    map: &'a mut A,
}

impl<'de, A: MapAccess<'de>> FieldValue<'_, A> {
    /// Reads a value; null leaves the field as it is, and what does not fit goes to `extra`.
    pub(crate) fn value<T: Fit>(self, slot: &mut Option<T>, extra: &mut Extra) -> Result<(), A::Error> {
        match self.map.next_value_seed(ValueSeed(PhantomData))? {
            Fitted::Null => {}
            Fitted::Fits(value) => *slot = Some(value),
            Fitted::Odd(value) => extra.insert(self.name, value),
        }
        Ok(())
    }

    /// Reads a value under another name than the usual one, which counts only if the usual one is not there.
    pub(crate) fn alias<T: Fit>(self, slot: &mut Option<T>, extra: &mut Extra) -> Result<(), A::Error> {
        if slot.is_some() { self.other(extra) } else { self.value(slot, extra) }
    }

    /// Reads an object.
    #[allow(dead_code, reason = "the spec may have one, though no operation has one today")]
    pub(crate) fn record<T: Record>(self, slot: &mut Option<T>, extra: &mut Extra) -> Result<(), A::Error> {
        match self.map.next_value_seed(RecordSeed(PhantomData))? {
            Fitted::Null => {}
            Fitted::Fits(record) => *slot = Some(record),
            Fitted::Odd(value) => extra.insert(self.name, value),
        }
        Ok(())
    }

    /// Reads a list of objects; if some of its items are none, the whole list goes to `extra` as well.
    pub(crate) fn records<T: Record + Serialize>(self, slot: &mut Vec<T>, extra: &mut Extra) -> Result<(), A::Error> {
        self.list(RecordSeed(PhantomData), slot, extra)
    }

    /// Reads a list under another name than the usual one, which counts only if the usual one has no items.
    pub(crate) fn alias_records<T: Record + Serialize>(
        self,
        slot: &mut Vec<T>,
        extra: &mut Extra,
    ) -> Result<(), A::Error> {
        if slot.is_empty() { self.records(slot, extra) } else { self.other(extra) }
    }

    /// Reads a list of values; if some of them do not fit, the whole list goes to `extra` as well.
    #[allow(dead_code, reason = "the spec may have one, though no operation has one today")]
    pub(crate) fn values<T: Fit + Serialize>(self, slot: &mut Vec<T>, extra: &mut Extra) -> Result<(), A::Error> {
        self.list(ValueSeed(PhantomData), slot, extra)
    }

    /// Keeps a value as it is.
    pub(crate) fn other(self, extra: &mut Extra) -> Result<(), A::Error> {
        extra.insert(self.name, self.map.next_value()?);
        Ok(())
    }

    fn list<T: Serialize, S: Copy + DeserializeSeed<'de, Value = Fitted<T>>>(
        self,
        item: S,
        slot: &mut Vec<T>,
        extra: &mut Extra,
    ) -> Result<(), A::Error> {
        match self.map.next_value_seed(ListSeed(item))? {
            Fitted::Null => {}
            Fitted::Fits((items, odd)) => {
                if !odd.is_empty() {
                    extra.insert(self.name, whole_list(&items, odd));
                }
                // The usual name comes after another one: it decides, unless it has nothing.
                if !items.is_empty() {
                    *slot = items;
                }
            }
            Fitted::Odd(value) => extra.insert(self.name, value),
        }
        Ok(())
    }
}

/// A list with the items that fit and the others in their places, so that it can be written again as it came.
fn whole_list<T: Serialize>(items: &[T], odd: Vec<(usize, Value)>) -> Value {
    let mut items = items.iter().map(|item| serde_json::to_value(item).unwrap_or_default());
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
struct RecordSeed<T>(PhantomData<T>);

// Not derived, which would ask for a record that can be copied.
impl<T> Clone for RecordSeed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RecordSeed<T> {}

impl<'de, T: Record> DeserializeSeed<'de> for RecordSeed<T> {
    type Value = Fitted<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Record> Visitor<'de> for RecordSeed<T> {
    type Value = Fitted<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut record = T::default();
        let mut expected = 0;
        while let Some(key) = map.next_key_seed(KeySeed { names: T::FIELDS, expected })? {
            match key {
                Key::Known(field) => {
                    expected = field + 1;
                    record.read(field, FieldValue { name: T::FIELDS[field], map: &mut map })?;
                }
                Key::Unknown(name) => {
                    let value = map.next_value()?;
                    record.extra().insert(&name, value);
                }
            }
        }
        Ok(Fitted::Fits(record))
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
struct ValueSeed<T>(PhantomData<T>);

impl<T> Clone for ValueSeed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for ValueSeed<T> {}

impl<'de, T: Fit> DeserializeSeed<'de> for ValueSeed<T> {
    type Value = Fitted<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Fit> Visitor<'de> for ValueSeed<T> {
    type Value = Fitted<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(fitted(T::from_integer(number), number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(fitted(i64::try_from(number).ok().and_then(T::from_integer), number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(fitted(T::from_float(number), number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(fitted(T::from_text(text), text))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(fitted(T::from_bool(value), value))
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
