//! Reads a request strictly, and collects every violation instead of stopping at the first.
//!
//! A value of the wrong type is reported and replaced by a stand-in, so that the rules can still be applied to the other
//! fields. Violations of a stand-in are dropped.

use std::borrow::Cow;

use serde::de::{Deserializer, Error as _};
use serde_json::Value;

use super::check::{self, Rules};
use super::extra::{self, EXTRA, FieldNames, belongs_to};
use super::json::Json;
use super::path::{Path, is_within};
use super::read_value::ReadValue;
use super::source::{Form, Found, Source, SourceObject};
use super::violation::{Rule, Violation};
use super::wording::missing;
use crate::error::Error;
use crate::extra::Extra;
use crate::response::shape::{Field, Kind, Shape};
use crate::response::write::nested_shape;

/// A type of object that can be read field by field.
pub(crate) trait ReadObject: Sized {
    /// Reads each field once.
    fn read_fields<O: SourceObject>(object: &mut ObjectReader<'_, O>) -> Self;
}

/// The treatment of fields that a request does not have.
#[derive(Clone, Copy)]
pub(crate) enum UnknownFields {
    /// Report them, because the caller misspelled them.
    Refuse,
    /// Carry them in `extra`, because they come from a response. Skip those that a response of this shape documents.
    Carry(&'static Shape),
}

impl UnknownFields {
    /// Returns the treatment in the objects of this field.
    fn within(self, wire: &str) -> Self {
        match self {
            Self::Refuse => self,
            Self::Carry(shape) => {
                let field = shape.fields.iter().find(|field| field.wire == wire);
                field.and_then(|field| nested_shape(&field.kind)).map_or(self, Self::Carry)
            }
        }
    }
}

/// Objects and lists within each other in `extra`, as many as `serde_json` reads.
const MAX_DEPTH: usize = 127;

/// Reads a request, or returns everything that is wrong with it, broken rules included.
///
/// A request that can be read is returned even if it breaks rules; the client checks these before it sends the request.
pub(crate) fn read<T: ReadObject + Rules>(source: &impl Source, unknown: UnknownFields) -> Result<T, Vec<Violation>> {
    read_with(source, &mut Problems::new(unknown))
}

/// A response that was read as a request.
pub(crate) struct Carried<T> {
    /// Fields that only other requests of the same path have, each with its type.
    pub(crate) foreign: Vec<(String, &'static str)>,
    /// The request, or everything that is wrong with it.
    pub(crate) read: Result<T, Vec<Violation>>,
}

/// Reads a response of this shape as the request that writes it back.
pub(crate) fn read_response<T: ReadObject + Rules>(source: &impl Source, shape: &'static Shape) -> Carried<T> {
    let mut problems = Problems::new(UnknownFields::Carry(shape));
    let read = read_with(source, &mut problems);
    Carried { foreign: problems.foreign, read }
}

fn read_with<T: ReadObject + Rules>(source: &impl Source, problems: &mut Problems) -> Result<T, Vec<Violation>> {
    let request = T::read_value(source, &Path::Root, problems).unwrap_or_else(T::stand_in);
    let Problems { found, unreadable, .. } = problems;
    let mut found = std::mem::take(found);
    if found.is_empty() {
        return Ok(request);
    }
    for violation in check::violations(&request) {
        if !unreadable.iter().any(|path| is_within(&violation.path, path)) {
            found.push(violation);
        }
    }
    Err(found)
}

/// Reads a request from JSON text in its wire form.
pub(crate) fn read_text<T: ReadObject + Rules>(json: &[u8], unknown: UnknownFields) -> Result<T, Error> {
    read(&Json::parse(json, Form::Wire)?, unknown).map_err(Error::invalid_request)
}

/// Reads a request for `serde`.
pub(crate) fn deserialize<'de, T: ReadObject + Rules, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    // As text, because a tree of values would keep only one of several values under one name.
    let mut json = Vec::new();
    serde_transcode::transcode(deserializer, &mut serde_json::Serializer::new(&mut json)).map_err(D::Error::custom)?;
    read_text(&json, UnknownFields::Refuse).map_err(D::Error::custom)
}

/// What is wrong with a request, as far as it was read.
pub(crate) struct Problems {
    found: Vec<Violation>,
    /// Paths of stand-ins, to which rules do not apply. Unknown fields are left out, because such a name may look like
    /// any path.
    unreadable: Vec<String>,
    unknown: UnknownFields,
    /// Fields of a response that only other requests of the same path have, each with its type.
    foreign: Vec<(String, &'static str)>,
    /// Whether reports are dropped, because the fields of a stand-in are being read.
    muted: bool,
}

impl Problems {
    fn new(unknown: UnknownFields) -> Self {
        Self { found: Vec::new(), unreadable: Vec::new(), unknown, foreign: Vec::new(), muted: false }
    }

    /// Returns a list that stays empty, for reading a stand-in.
    pub(super) fn muted() -> Self {
        Self { muted: true, ..Self::new(UnknownFields::Refuse) }
    }

    fn report(&mut self, at: &Path<'_>, rule: Rule, complaint: &str) {
        if !self.muted {
            let path = at.to_string();
            let subject = if path.is_empty() { "the request".to_owned() } else { format!("`{path}`") };
            self.found.push(Violation { path, rule, message: format!("{subject} {complaint}") });
        }
    }

    /// Reports a value that cannot be read. A stand-in replaces it.
    pub(super) fn unreadable(&mut self, at: &Path<'_>, rule: Rule, complaint: &str) {
        self.unreadable.push(at.to_string());
        self.report(at, rule, complaint);
    }

    pub(super) fn wrong_type(&mut self, at: &Path<'_>, expected: &str, got: &impl Source) {
        self.unreadable(at, Rule::Type, &format!("must be {expected}, but is {}", got.describe()));
    }
}

/// Reads the fields of one object.
pub(crate) struct ObjectReader<'a, O> {
    at: Path<'a>,
    object: Option<&'a O>,
    names: &'a mut Names,
    problems: &'a mut Problems,
}

/// The fields that an object may have, and how many of them it has.
struct Names {
    known: Vec<&'static str>,
    present: usize,
    /// The fields that only other requests of the same path have, each with its type.
    foreign: &'static [(&'static str, &'static str)],
}

impl<O: SourceObject> ObjectReader<'_, O> {
    /// Reads a field that is optional on the wire.
    pub(crate) fn optional<T: ReadValue>(&mut self, name: &'static str) -> Option<T> {
        match self.find(name) {
            Found::Once(value) if !value.is_null() && !self.is_left_out::<T>(&value) => self.read_value(name, &value),
            _ => None,
        }
    }

    /// Reads a field that is required.
    pub(crate) fn required<T: ReadValue>(&mut self, name: &'static str) -> T {
        let found = self.find(name);
        self.value_or_stand_in(name, &found)
    }

    /// Reads a field that is required on the wire, but has a default in other languages.
    pub(crate) fn required_or<T: ReadValue>(&mut self, name: &'static str, default: T) -> T {
        match self.find(name) {
            Found::Absent if self.object.is_some_and(|object| object.form() == Form::Request) => default,
            found => self.value_or_stand_in(name, &found),
        }
    }

    /// Reads the fields of a nested wire object, which other languages write beside the fields around it.
    pub(crate) fn flattened<T>(&mut self, name: &'static str, read: impl FnOnce(&mut ObjectReader<'_, O>) -> T) -> T {
        let found = self.find(name);
        let at = Path::Field(&self.at, name);
        let problems = &mut *self.problems;
        let was_muted = problems.muted;
        if self.object.is_some_and(|object| object.form() != Form::Wire) {
            if let Found::Once(_) = found {
                problems.unreadable(&at, Rule::Type, "must be left out, because its fields stand beside the others");
            }
            problems.muted |= !matches!(found, Found::Absent);
            let fields = read(&mut ObjectReader { at, object: self.object, names: self.names, problems });
            self.problems.muted = was_muted;
            return fields;
        }
        let inner = match &found {
            Found::Once(value) if !value.is_null() => {
                let object = value.object();
                if object.is_none() {
                    problems.wrong_type(&at, "an object", value);
                    problems.muted = true;
                }
                object
            }
            Found::Refused(_) => {
                problems.muted = true;
                None
            }
            Found::Absent | Found::Once(_) => None,
        };
        let fields = read_object(at, inner.as_ref(), problems, read);
        problems.muted = was_muted;
        fields
    }

    fn value_or_stand_in<T: ReadValue>(&mut self, name: &'static str, found: &Found<O::Value>) -> T {
        let value = match found {
            Found::Once(value) if !value.is_null() => self.read_value(name, value),
            Found::Once(_) | Found::Absent => {
                self.problems.unreadable(&Path::Field(&self.at, name), Rule::Required, &missing(""));
                None
            }
            Found::Refused(_) => None,
        };
        value.unwrap_or_else(T::stand_in)
    }

    /// Returns whether a value is an empty list of a response, which looks like a missing one. Sending it could erase data.
    fn is_left_out<T: ReadValue>(&self, value: &O::Value) -> bool {
        T::IS_LIST && matches!(self.problems.unknown, UnknownFields::Carry(_)) && is_empty_list(value)
    }

    fn read_value<T: ReadValue>(&mut self, name: &'static str, value: &O::Value) -> Option<T> {
        let outer = self.problems.unknown;
        self.problems.unknown = outer.within(name);
        let read = T::read_value(value, &Path::Field(&self.at, name), self.problems);
        self.problems.unknown = outer;
        read
    }

    /// Reads the fields that are not documented.
    pub(crate) fn extra(&mut self, names: &FieldNames) -> Extra {
        let Some(object) = self.object else { return Extra::default() };
        self.names.foreign = names.foreign;
        match self.problems.unknown {
            UnknownFields::Carry(shape) => {
                for (wire, owner) in names.foreign {
                    // An empty list of a response looks like a missing one.
                    let is_list = |field: &Field| field.wire == *wire && matches!(field.kind, Kind::List(_));
                    let is_list = shape.fields.iter().any(is_list);
                    if let Found::Once(value) = object.get(wire)
                        && !value.is_null()
                        && !(is_list && is_empty_list(&value))
                    {
                        self.problems.foreign.push((Path::Field(&self.at, wire).to_string(), owner));
                    }
                }
                let members = object.members().into_iter();
                let unknown = |name: &str| !shape.names.contains(&name) && !self.names.known.contains(&name);
                read_extra(members.filter(|(name, _)| unknown(name)), &self.at, names, self.problems)
            }
            UnknownFields::Refuse if object.form() == Form::Wire => Extra::default(),
            UnknownFields::Refuse => match self.find(EXTRA) {
                Found::Once(value) if !value.is_null() => {
                    let at = Path::Field(&self.at, EXTRA);
                    let Some(object) = value.object() else {
                        self.problems.wrong_type(&at, "an object", &value);
                        return Extra::default();
                    };
                    read_extra(object.members().into_iter(), &at, names, self.problems)
                }
                _ => Extra::default(),
            },
        }
    }

    /// Finds a field, and reports it if it is present but cannot be read.
    fn find(&mut self, name: &'static str) -> Found<O::Value> {
        self.names.known.push(name);
        let found = self.object.map_or(Found::Absent, |object| object.get(name));
        match &found {
            Found::Absent => {}
            Found::Once(_) => self.names.present += 1,
            Found::Refused(complaint) => {
                self.problems.unreadable(&Path::Field(&self.at, name), Rule::Type, complaint);
            }
        }
        found
    }

    fn refuse_unknown(&mut self) {
        let Some(object) = self.object else { return };
        // Each known name is looked up once, so that equal counts mean that every field is known.
        if matches!(self.problems.unknown, UnknownFields::Carry(_)) || object.count() == self.names.present {
            return;
        }
        let known: Vec<_> = self.names.known.iter().map(|wire| object.name_of(wire)).collect();
        let known: Vec<&str> = known.iter().map(|name| &**name).collect();
        let mut names: Vec<_> = object.members().into_iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            if !known.contains(&&*name) && !self.names.known.contains(&&*name) {
                let foreign = self.names.foreign.iter().find(|(foreign, _)| *foreign == name);
                let complaint = match nearest(&name, &known) {
                    _ if let Some((_, owner)) = foreign => belongs_to(owner),
                    Some(nearest) => format!("is not a field of the request; did you mean `{nearest}`?"),
                    None => "is not a field of the request".to_owned(),
                };
                self.problems.report(&Path::Field(&self.at, &name), Rule::Type, &complaint);
            }
        }
    }
}

/// Reads an object with a function that reads each of its fields, and then refuses unknown fields.
pub(super) fn read_object<O: SourceObject, T>(
    at: Path<'_>,
    object: Option<&O>,
    problems: &mut Problems,
    read: impl FnOnce(&mut ObjectReader<'_, O>) -> T,
) -> T {
    // Few objects have more fields, so that the list is hardly ever reallocated.
    const NAMES: usize = 32;
    let mut names = Names { known: Vec::with_capacity(NAMES), present: 0, foreign: &[] };
    let mut reader = ObjectReader { at, object, names: &mut names, problems };
    let fields = read(&mut reader);
    reader.refuse_unknown();
    fields
}

fn is_empty_list(value: &impl Source) -> bool {
    value.list().is_some_and(|items| items.is_empty())
}

/// Reads the members of `extra`, and refuses documented fields and values without a JSON form.
fn read_extra<'m, V: Source>(
    members: impl Iterator<Item = (Cow<'m, str>, V)>,
    at: &Path<'_>,
    names: &FieldNames,
    problems: &mut Problems,
) -> Extra {
    let mut extra = Extra::default();
    for (name, value) in members {
        let at = Path::Field(at, &name);
        if extra.has(&name) {
            problems.unreadable(&at, Rule::Type, "is given more than once");
        } else if let Some(value) = read_json(&value, &at, MAX_DEPTH, problems) {
            extra.insert(&name, value);
        }
    }
    let mut refused = Vec::new();
    extra::inspect(&extra, names, |path, complaint| refused.extend(complaint.map(|it| (path.to_owned(), it))));
    for (path, complaint) in &refused {
        problems.report(&Path::Field(at, path), Rule::Type, complaint);
    }
    // Reported already, so the rules must not see these fields.
    if refused.is_empty() { extra } else { Extra::default() }
}

/// Reads any JSON value; reports a part without a JSON form.
fn read_json(source: &impl Source, at: &Path<'_>, depth: usize, problems: &mut Problems) -> Option<Value> {
    if let Some(scalar) = source.scalar() {
        return Some(scalar);
    }
    if depth == 0 {
        problems.unreadable(at, Rule::Type, "is nested too deeply");
        return None;
    }
    if let Some(items) = source.list() {
        let items = items.iter().enumerate();
        return items.map(|(index, item)| read_json(item, &Path::Item(at, index), depth - 1, problems)).collect();
    }
    let Some(object) = source.object() else {
        problems.wrong_type(at, "a JSON value", source);
        return None;
    };
    let members = object.members().into_iter();
    let fields = members.map(|(name, value)| {
        let value = read_json(&value, &Path::Field(at, &name), depth - 1, problems)?;
        Some((name.into_owned(), value))
    });
    fields.collect()
}

/// Returns the known name that the caller probably meant.
pub(crate) fn nearest<'n>(name: &str, known: &[&'n str]) -> Option<&'n str> {
    known
        .iter()
        .map(|known| (strsim::jaro_winkler(&name.to_lowercase(), &known.to_lowercase()), *known))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::requests::{GroupCallQuery, RecallFlowDetailQuery};

    fn refused(json: &str) -> Vec<(String, Rule, String)> {
        let error = GroupCallQuery::from_json(json).unwrap_err();
        error.violations().iter().map(|it| (it.path.clone(), it.rule, it.message.clone())).collect()
    }

    #[test]
    fn a_duplicate_field_is_refused_at_any_depth() {
        let params = r#""params": {"strTime": "2024-01-01 00:00:00", "endTime": "2024-01-01 00:00:00", "taskType": 3}"#;
        let [(path, Rule::Type, message)] =
            &refused(&format!(r#"{{"size": 1, "current": 1, "size": "x", {params}}}"#))[..]
        else {
            panic!("expected one violation of the type")
        };
        assert_eq!((&**path, &**message), ("size", "`size` is given more than once"));
        let twice = refused(&format!(r#"{{"size": 1, "current": 1, {params}, {params}}}"#));
        assert_eq!(twice.len(), 1, "{twice:?}");
        assert_eq!(twice[0].0, "params");
        let unknown = refused(&format!(r#"{{"size": 1, "current": 1, "x": 1, "x": 2, {params}}}"#));
        assert_eq!(unknown.len(), 1, "{unknown:?}");
        let error = serde_json::from_str::<RecallFlowDetailQuery>(r#"{"keyId": 1, "keyId": 2}"#).unwrap_err();
        assert!(error.to_string().contains("`keyId` is given more than once"), "{error}");
    }

    #[test]
    fn a_number_beyond_64_bits_is_refused_and_not_changed() {
        for number in ["-9223372036854775809", "9223372036854775808", "1e999"] {
            let error = RecallFlowDetailQuery::from_json(&format!(r#"{{"keyId": {number}}}"#)).unwrap_err();
            let [violation] = error.violations() else { panic!("{number}: {error:?}") };
            assert_eq!((&*violation.path, violation.rule), ("keyId", Rule::Type), "{number}");
        }
        for (number, text) in [
            ("-9223372036854775809".to_owned(), "-9223372036854775809"),
            ("-".to_owned() + &"9".repeat(400), "a number of 400 digits"),
        ] {
            let error = RecallFlowDetailQuery::from_json(&format!(r#"{{"keyId": {number}}}"#)).unwrap_err();
            assert!(error.violations()[0].message.ends_with(&format!("but is {text}")), "{error}");
        }
        let least = RecallFlowDetailQuery::from_json(r#"{"keyId": -9223372036854775808}"#).unwrap();
        assert_eq!(least.key_id, i64::MIN);
    }
}
