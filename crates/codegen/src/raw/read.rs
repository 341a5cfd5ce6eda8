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
        about: read_about(&mut table),
        documents: table.items("documents", read_document),
        base_urls: table.items("base_urls", read_base_url),
        headers: table.items("headers", read_header),
        signing: table.required("signing", Node::table).map(read_signing),
        envelope: table.required("envelope", Node::table).map(read_envelope),
        codes: table.items("codes", read_code),
    };
    table.finish();
    service
}

/// Reads `enums.toml`.
pub(crate) fn read_enums(source: &Source<'_>) -> Vec<RawEnum> {
    source.table().into_items(read_enumeration)
}

/// Reads a file of `types/`.
pub(crate) fn read_types(source: &Source<'_>) -> Vec<RawType> {
    source.table().into_items(read_named_type)
}

/// Reads a file of `operations/`.
pub(crate) fn read_operation(source: &Source<'_>, file_name: &str) -> RawOperation {
    let mut table = source.table();
    let operation = RawOperation {
        file_name: file_name.to_owned(),
        name: table.required("name", Node::string),
        kind: table.required("kind", Node::string),
        path: table.required("path", Node::string),
        variant_of: table.optional("variant_of", Node::string),
        about: read_about(&mut table),
        request: table.required("request", Node::table).map(read_body),
        response: table.optional("response", Node::table).map(read_body),
        arguments: table.optional("arguments", Node::strings),
        names: table.optional("names", Node::names).unwrap_or_default(),
        paging: table.optional("paging", Node::table).map(read_paging),
        examples: table.list("examples", read_example),
        types: table.items("types", read_named_type),
        enums: table.items("enums", read_enumeration),
    };
    table.finish();
    operation
}

/// Reads the `doc` and the required `source` of an item.
fn read_about(table: &mut Table<'_>) -> RawAbout {
    RawAbout { doc: table.required("doc", Node::string), source: table.required("source", Node::strings) }
}

/// Reads the `doc` and the optional `source` of an item that inherits its sources.
fn read_inherited_about(table: &mut Table<'_>) -> RawAbout {
    RawAbout { doc: table.required("doc", Node::string), source: table.optional("source", Node::strings) }
}

fn read_document(name: At<String>, mut table: Table<'_>) -> RawDocument {
    let document = RawDocument {
        name,
        title: table.required("title", Node::string),
        publisher: table.required("publisher", Node::string),
        doc: table.required("doc", Node::string),
        mark: table.optional("mark", Node::string),
    };
    table.finish();
    document
}

fn read_base_url(name: At<String>, mut table: Table<'_>) -> RawBaseUrl {
    let base_url = RawBaseUrl { name, url: table.required("url", Node::string), about: read_about(&mut table) };
    table.finish();
    base_url
}

fn read_header(name: At<String>, mut table: Table<'_>) -> RawHeader {
    let header = RawHeader {
        name,
        value: table.optional("value", Node::string),
        input: table.optional("input", Node::string),
        secret: table.optional("secret", Node::bool),
        about: read_about(&mut table),
    };
    table.finish();
    header
}

fn read_signing(mut table: Table<'_>) -> RawSigning {
    let signing = RawSigning {
        algorithm: table.required("algorithm", Node::string),
        inputs: table.required("inputs", Node::strings),
        encoding: table.required("encoding", Node::string),
        about: read_about(&mut table),
        vector: table.required("vector", Node::table).map(read_vector),
    };
    table.finish();
    signing
}

fn read_vector(mut table: Table<'_>) -> RawVector {
    let vector = RawVector {
        api_key: table.required("api_key", Node::string),
        api_secret: table.required("api_secret", Node::string),
        timestamp: table.required("timestamp", Node::int),
        sign: table.required("sign", Node::string),
    };
    table.finish();
    vector
}

fn read_envelope(mut table: Table<'_>) -> RawEnvelope {
    let envelope = RawEnvelope {
        code: table.required("code", Node::table).map(read_envelope_part),
        message: table.required("message", Node::table).map(read_envelope_part),
        data: table.required("data", Node::table).map(read_envelope_part),
    };
    table.finish();
    envelope
}

fn read_envelope_part(mut table: Table<'_>) -> RawEnvelopePart {
    let part = RawEnvelopePart { names: table.required("names", Node::strings), about: read_about(&mut table) };
    table.finish();
    part
}

fn read_code(name: At<String>, mut table: Table<'_>) -> RawCode {
    let code = RawCode {
        name,
        number: table.required("code", Node::int),
        error: table.optional("error", Node::string),
        retry: table.optional("retry", Node::string),
        wordings: table.required("wordings", Node::strings),
        remedy: table.optional("remedy", Node::string),
        about: read_about(&mut table),
    };
    table.finish();
    code
}

fn read_enumeration(name: At<String>, mut table: Table<'_>) -> RawEnum {
    let enumeration = RawEnum { name, about: read_about(&mut table), values: table.items("values", read_enum_value) };
    table.finish();
    enumeration
}

fn read_enum_value(name: At<String>, mut table: Table<'_>) -> RawEnumValue {
    let value =
        RawEnumValue { name, number: table.required("number", Node::int), about: read_inherited_about(&mut table) };
    table.finish();
    value
}

/// Reads a type with its name.
fn read_named_type(name: At<String>, mut table: Table<'_>) -> RawType {
    let kind = table.required("kind", Node::string);
    let about = read_about(&mut table);
    read_type_members(Some(name), kind, about, table)
}

/// Reads the request or the response of an operation.
fn read_body(mut table: Table<'_>) -> RawBody {
    if table.has("type")
        && let Some(name) = table.optional("type", Node::string)
    {
        table.finish();
        return RawBody::Named(name);
    }
    let name = table.required("name", Node::string);
    let about = read_inherited_about(&mut table);
    RawBody::Defined(Box::new(read_type_members(name, None, about, table)))
}

/// Reads the parts of a type.
fn read_type_members(
    name: Option<At<String>>,
    kind: Option<At<String>>,
    about: RawAbout,
    mut table: Table<'_>,
) -> RawType {
    let members = RawType {
        name,
        kind,
        about,
        include: table.optional("include", Node::table).map(read_include),
        fields: table.items("fields", read_field),
        rules: table.list("rules", read_rule).into_iter().flatten().collect(),
        warnings: table.list("warnings", read_warning).into_iter().flatten().collect(),
        constructors: table.items("constructors", read_constructor),
        totals: table.optional("totals", Node::string),
        updates: table.optional("updates", Node::strings),
    };
    table.finish();
    members
}

fn read_include(mut table: Table<'_>) -> RawInclude {
    let include = RawInclude {
        from: table.required("from", Node::string),
        except: table.optional("except", Node::strings),
        after: table.optional("after", Node::string),
        at: table.at,
    };
    table.finish();
    include
}

fn read_field(wire: At<String>, mut table: Table<'_>) -> RawField {
    let field = RawField {
        wire,
        kind: table.required("type", Node::string),
        within: table.optional("in", Node::string),
        aliases: table.optional("aliases", Node::strings),
        required: table.optional("required", Node::bool),
        required_when: table.optional("required_when", Node::conditions),
        default: table.optional("default", Node::literal),
        range: table.optional("range", read_range),
        length: table.optional("length", read_length),
        one_of: table.optional("one_of", Node::strings),
        format: table.optional("format", Node::string),
        example_only: table.optional("example_only", Node::bool),
        about: read_inherited_about(&mut table),
    };
    table.finish();
    field
}

fn read_range(node: Node<'_>) -> Option<At<RawBounds<f64>>> {
    read_bounds(node, Node::number)
}

fn read_length(node: Node<'_>) -> Option<At<RawBounds<i64>>> {
    read_bounds(node, Node::int)
}

/// Reads `min` and `max`, which are optional. Returns `None` if one of them is invalid.
fn read_bounds<'a, T>(node: Node<'a>, read: impl Fn(Node<'a>) -> Option<At<T>>) -> Option<At<RawBounds<T>>> {
    let mut table = node.table()?;
    let given = [table.has("min"), table.has("max")];
    let bounds = RawBounds { min: table.optional("min", &read), max: table.optional("max", &read) };
    let at = table.at;
    table.finish();
    (given == [bounds.min.is_some(), bounds.max.is_some()]).then_some(At { value: bounds, at })
}

/// Reads a rule. Its keys depend on its kind.
fn read_rule(mut table: Table<'_>) -> Option<At<RawRule>> {
    let kind = table.required("kind", Node::string)?;
    if kind.value != "at_least_one" {
        table.sink().unknown("kind of rule", &kind, ["at_least_one"]);
        return None;
    }
    let rule = RawRule::AtLeastOne {
        when: table.optional("when", Node::conditions),
        fields: table.required("fields", Node::strings),
        doc: table.required("doc", Node::string),
    };
    let at = table.at;
    table.finish();
    Some(At { value: rule, at })
}

/// Reads a warning. Its keys depend on its kind.
fn read_warning(mut table: Table<'_>) -> Option<At<RawWarning>> {
    let kind = table.required("kind", Node::string)?;
    let warning = match kind.as_str() {
        "no_effect" => RawWarning::NoEffect {
            field: table.required("field", Node::string),
            unless: table.required("unless", Node::conditions),
            doc: table.required("doc", Node::string),
        },
        "unknown_variable" => RawWarning::UnknownVariable {
            field: table.required("field", Node::string),
            name: table.required("name", Node::string),
            range: table.required("range", read_range),
            doc: table.required("doc", Node::string),
        },
        "empty" => {
            RawWarning::Empty { field: table.required("field", Node::string), doc: table.required("doc", Node::string) }
        }
        "reversed" => RawWarning::Reversed {
            start: table.required("start", Node::string),
            end: table.required("end", Node::string),
            doc: table.required("doc", Node::string),
        },
        _ => {
            let known = ["no_effect", "unknown_variable", "empty", "reversed"];
            table.sink().unknown("kind of warning", &kind, known);
            return None;
        }
    };
    let at = table.at;
    table.finish();
    Some(At { value: warning, at })
}

fn read_constructor(name: At<String>, mut table: Table<'_>) -> RawConstructor {
    let constructor = RawConstructor {
        name,
        set: table.optional("set", Node::conditions),
        arguments: table.optional("arguments", Node::strings),
        names: table.optional("names", Node::names).unwrap_or_default(),
        doc: table.required("doc", Node::string),
    };
    table.finish();
    constructor
}

fn read_paging(mut table: Table<'_>) -> RawPaging {
    let paging = RawPaging {
        at: table.at,
        name: table.required("name", Node::string),
        doc: table.required("doc", Node::string),
        page: table.required("page", Node::string),
        records: table.required("records", Node::string),
        pages: table.required("pages", Node::string),
        total: table.required("total", Node::string),
        id: table.required("id", Node::string),
    };
    table.finish();
    paging
}

fn read_example(mut table: Table<'_>) -> RawExample {
    let example = RawExample {
        source: table.required("source", Node::string),
        request: table.required("request", Node::text_block),
        response: table.required("response", Node::text_block),
    };
    table.finish();
    example
}
