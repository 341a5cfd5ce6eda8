//! Reads each kind of spec file.

use super::table::{Node, Source, Table};
use super::{
    RawAbout, RawBaseUrl, RawBody, RawBounds, RawCode, RawConstructor, RawDocument, RawEnum, RawEnumValue, RawEnvelope,
    RawEnvelopePart, RawExample, RawField, RawHeader, RawInclude, RawOperation, RawPaging, RawRule, RawService,
    RawSigning, RawType, RawVector, RawWarning,
};
use crate::diagnostic::At;

/// Reads `service.toml`.
pub(crate) fn read_service(source: &Source<'_>) -> RawService {
    let mut table = source.table();
    let service = RawService {
        at: table.at,
        about: about(&mut table),
        documents: table.items("documents", document),
        base_urls: table.items("base_urls", base_url),
        headers: table.items("headers", header),
        signing: table.need("signing", Node::table).map(signing),
        envelope: table.need("envelope", Node::table).map(envelope),
        codes: table.items("codes", code),
    };
    table.finish();
    service
}

/// Reads `enums.toml`.
pub(crate) fn read_enums(source: &Source<'_>) -> Vec<RawEnum> {
    source.table().into_items(enumeration)
}

/// Reads a file of `types/`.
pub(crate) fn read_types(source: &Source<'_>) -> Vec<RawType> {
    source.table().into_items(named_type)
}

/// Reads a file of `operations/`.
pub(crate) fn read_operation(source: &Source<'_>, file_name: &str) -> RawOperation {
    let mut table = source.table();
    let operation = RawOperation {
        file_name: file_name.to_owned(),
        name: table.need("name", Node::string),
        kind: table.need("kind", Node::string),
        path: table.need("path", Node::string),
        about: about(&mut table),
        request: table.need("request", Node::table).map(body),
        response: table.may("response", Node::table).map(body),
        arguments: table.may("arguments", Node::strings),
        paging: table.may("paging", Node::table).map(paging),
        examples: table.list("examples", example),
        types: table.items("types", named_type),
        enums: table.items("enums", enumeration),
    };
    table.finish();
    operation
}

/// The `doc` and `source` of an item that must say where it comes from.
fn about(table: &mut Table<'_>) -> RawAbout {
    RawAbout { doc: table.need("doc", Node::string), source: table.need("source", Node::strings) }
}

/// The `doc` and `source` of an item that comes from where its owner comes from unless it says otherwise.
fn inherited_about(table: &mut Table<'_>) -> RawAbout {
    RawAbout { doc: table.need("doc", Node::string), source: table.may("source", Node::strings) }
}

fn document(name: At<String>, mut table: Table<'_>) -> RawDocument {
    let document = RawDocument {
        name,
        title: table.need("title", Node::string),
        publisher: table.need("publisher", Node::string),
        doc: table.need("doc", Node::string),
    };
    table.finish();
    document
}

fn base_url(name: At<String>, mut table: Table<'_>) -> RawBaseUrl {
    let base_url = RawBaseUrl { name, url: table.need("url", Node::string), about: about(&mut table) };
    table.finish();
    base_url
}

fn header(name: At<String>, mut table: Table<'_>) -> RawHeader {
    let header = RawHeader {
        name,
        value: table.may("value", Node::string),
        input: table.may("input", Node::string),
        secret: table.may("secret", Node::bool),
        about: about(&mut table),
    };
    table.finish();
    header
}

fn signing(mut table: Table<'_>) -> RawSigning {
    let signing = RawSigning {
        algorithm: table.need("algorithm", Node::string),
        inputs: table.need("inputs", Node::strings),
        encoding: table.need("encoding", Node::string),
        about: about(&mut table),
        vector: table.need("vector", Node::table).map(vector),
    };
    table.finish();
    signing
}

fn vector(mut table: Table<'_>) -> RawVector {
    let vector = RawVector {
        api_key: table.need("api_key", Node::string),
        api_secret: table.need("api_secret", Node::string),
        timestamp: table.need("timestamp", Node::int),
        sign: table.need("sign", Node::string),
    };
    table.finish();
    vector
}

fn envelope(mut table: Table<'_>) -> RawEnvelope {
    let envelope = RawEnvelope {
        code: table.need("code", Node::table).map(envelope_part),
        message: table.need("message", Node::table).map(envelope_part),
        data: table.need("data", Node::table).map(envelope_part),
    };
    table.finish();
    envelope
}

fn envelope_part(mut table: Table<'_>) -> RawEnvelopePart {
    let part = RawEnvelopePart { names: table.need("names", Node::strings), about: about(&mut table) };
    table.finish();
    part
}

fn code(name: At<String>, mut table: Table<'_>) -> RawCode {
    let code = RawCode {
        name,
        number: table.need("code", Node::int),
        error: table.may("error", Node::string),
        retry: table.may("retry", Node::string),
        wordings: table.need("wordings", Node::strings),
        remedy: table.may("remedy", Node::string),
        about: about(&mut table),
    };
    table.finish();
    code
}

fn enumeration(name: At<String>, mut table: Table<'_>) -> RawEnum {
    let enumeration = RawEnum { name, about: about(&mut table), values: table.items("values", enum_value) };
    table.finish();
    enumeration
}

fn enum_value(name: At<String>, mut table: Table<'_>) -> RawEnumValue {
    let value = RawEnumValue { name, number: table.need("number", Node::int), doc: table.need("doc", Node::string) };
    table.finish();
    value
}

/// A type under its name.
fn named_type(name: At<String>, mut table: Table<'_>) -> RawType {
    let kind = table.need("kind", Node::string);
    let about = about(&mut table);
    type_members(Some(name), kind, about, table)
}

/// The request or the response of an operation.
fn body(mut table: Table<'_>) -> RawBody {
    if table.has("type")
        && let Some(name) = table.may("type", Node::string)
    {
        table.finish();
        return RawBody::Named(name);
    }
    let name = table.need("name", Node::string);
    let about = inherited_about(&mut table);
    RawBody::Defined(Box::new(type_members(name, None, about, table)))
}

/// What a type is made of.
fn type_members(name: Option<At<String>>, kind: Option<At<String>>, about: RawAbout, mut table: Table<'_>) -> RawType {
    let members = RawType {
        name,
        kind,
        about,
        include: table.may("include", Node::table).map(include),
        fields: table.items("fields", field),
        rules: table.list("rules", rule).into_iter().flatten().collect(),
        warnings: table.list("warnings", warning).into_iter().flatten().collect(),
        constructors: table.items("constructors", constructor),
        totals: table.may("totals", Node::string),
    };
    table.finish();
    members
}

fn include(mut table: Table<'_>) -> RawInclude {
    let include =
        RawInclude { from: table.need("from", Node::string), except: table.may("except", Node::strings), at: table.at };
    table.finish();
    include
}

fn field(wire: At<String>, mut table: Table<'_>) -> RawField {
    let field = RawField {
        wire,
        kind: table.need("type", Node::string),
        within: table.may("in", Node::string),
        aliases: table.may("aliases", Node::strings),
        required: table.may("required", Node::bool),
        required_when: table.may("required_when", Node::conditions),
        default: table.may("default", Node::literal),
        range: table.may("range", range),
        length: table.may("length", length),
        one_of: table.may("one_of", Node::strings),
        format: table.may("format", Node::string),
        example_only: table.may("example_only", Node::bool),
        about: inherited_about(&mut table),
    };
    table.finish();
    field
}

fn range(node: Node<'_>) -> Option<At<RawBounds<f64>>> {
    bounds(node, Node::number)
}

fn length(node: Node<'_>) -> Option<At<RawBounds<i64>>> {
    bounds(node, Node::int)
}

/// The least and the most, of which each may be left out. `None` if one is there that cannot be read.
fn bounds<'a, T>(node: Node<'a>, read: impl Fn(Node<'a>) -> Option<At<T>>) -> Option<At<RawBounds<T>>> {
    let mut table = node.table()?;
    let given = [table.has("min"), table.has("max")];
    let bounds = RawBounds { min: table.may("min", &read), max: table.may("max", &read) };
    let at = table.at;
    table.finish();
    (given == [bounds.min.is_some(), bounds.max.is_some()]).then_some(At { value: bounds, at })
}

/// A rule, whose other keys depend on its kind.
fn rule(mut table: Table<'_>) -> Option<At<RawRule>> {
    let kind = table.need("kind", Node::string)?;
    if kind.value != "at_least_one" {
        table.sink().unknown("kind of rule", &kind, ["at_least_one"]);
        return None;
    }
    let rule = RawRule::AtLeastOne {
        when: table.may("when", Node::conditions),
        fields: table.need("fields", Node::strings),
        doc: table.need("doc", Node::string),
    };
    let at = table.at;
    table.finish();
    Some(At { value: rule, at })
}

/// A warning, whose other keys depend on its kind.
fn warning(mut table: Table<'_>) -> Option<At<RawWarning>> {
    let kind = table.need("kind", Node::string)?;
    let warning = match kind.as_str() {
        "no_effect" => RawWarning::NoEffect {
            field: table.need("field", Node::string),
            unless: table.need("unless", Node::conditions),
            doc: table.need("doc", Node::string),
        },
        "unknown_variable" => RawWarning::UnknownVariable {
            field: table.need("field", Node::string),
            name: table.need("name", Node::string),
            range: table.need("range", range),
            doc: table.need("doc", Node::string),
        },
        _ => {
            table.sink().unknown("kind of warning", &kind, ["no_effect", "unknown_variable"]);
            return None;
        }
    };
    let at = table.at;
    table.finish();
    Some(At { value: warning, at })
}

fn constructor(name: At<String>, mut table: Table<'_>) -> RawConstructor {
    let constructor = RawConstructor {
        name,
        set: table.may("set", Node::conditions),
        arguments: table.may("arguments", Node::strings),
        names: table.may("names", Node::names).unwrap_or_default(),
        doc: table.need("doc", Node::string),
    };
    table.finish();
    constructor
}

fn paging(mut table: Table<'_>) -> RawPaging {
    let paging = RawPaging {
        at: table.at,
        name: table.need("name", Node::string),
        doc: table.need("doc", Node::string),
        page: table.need("page", Node::string),
        records: table.need("records", Node::string),
        pages: table.need("pages", Node::string),
        total: table.need("total", Node::string),
        id: table.need("id", Node::string),
    };
    table.finish();
    paging
}

fn example(mut table: Table<'_>) -> RawExample {
    let example = RawExample {
        source: table.need("source", Node::string),
        request: table.need("request", Node::string),
        response: table.need("response", Node::string),
    };
    table.finish();
    example
}
