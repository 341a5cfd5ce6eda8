//! Reads each kind of spec file.

use super::table::{KeyedValue, SpecTable, TomlSource};
use super::{
    RawAbout, RawBaseUrl, RawBody, RawBounds, RawCode, RawConstructor, RawDocument, RawEnum, RawEnumValue, RawEnvelope,
    RawEnvelopePart, RawExample, RawField, RawHeader, RawInclude, RawOperation, RawPaging, RawRule, RawService,
    RawSigning, RawType, RawVector, RawWarning,
};
use crate::diagnostic::At;

/// Reads `service.toml`.
pub(crate) fn read_service(source: &TomlSource<'_>) -> RawService {
    let mut table = source.table();
    let service = RawService {
        at: table.at,
        about: read_about(&mut table),
        documents: table.items("documents", read_document),
        base_urls: table.items("base_urls", read_base_url),
        headers: table.items("headers", read_header),
        signing: table.required("signing", KeyedValue::table).map(read_signing),
        envelope: table.required("envelope", KeyedValue::table).map(read_envelope),
        codes: table.items("codes", read_code),
    };
    table.finish();
    service
}

/// Reads `enums.toml`.
pub(crate) fn read_enums(source: &TomlSource<'_>) -> Vec<RawEnum> {
    source.table().into_items(read_enumeration)
}

/// Reads a file of `types/`.
pub(crate) fn read_types(source: &TomlSource<'_>) -> Vec<RawType> {
    source.table().into_items(read_named_type)
}

/// Reads a file of `operations/`.
pub(crate) fn read_operation(source: &TomlSource<'_>, file_name: &str) -> RawOperation {
    let mut table = source.table();
    let operation = RawOperation {
        file_name: file_name.to_owned(),
        name: table.required("name", KeyedValue::string),
        kind: table.required("kind", KeyedValue::string),
        path: table.required("path", KeyedValue::string),
        variant_of: table.optional("variant_of", KeyedValue::string),
        about: read_about(&mut table),
        request: table.required("request", KeyedValue::table).map(read_body),
        response: table.optional("response", KeyedValue::table).map(read_body),
        arguments: table.optional("arguments", KeyedValue::strings),
        names: table.optional("names", KeyedValue::names).unwrap_or_default(),
        paging: table.optional("paging", KeyedValue::table).map(read_paging),
        examples: table.list("examples", read_example),
        types: table.items("types", read_named_type),
        enums: table.items("enums", read_enumeration),
    };
    table.finish();
    operation
}

/// Reads the `doc` and the required `source` of an item.
fn read_about(table: &mut SpecTable<'_>) -> RawAbout {
    RawAbout { doc: table.required("doc", KeyedValue::string), source: table.required("source", KeyedValue::strings) }
}

/// Reads the `doc` and the optional `source` of an item that inherits its sources.
fn read_inherited_about(table: &mut SpecTable<'_>) -> RawAbout {
    RawAbout { doc: table.required("doc", KeyedValue::string), source: table.optional("source", KeyedValue::strings) }
}

fn read_document(name: At<String>, mut table: SpecTable<'_>) -> RawDocument {
    let document = RawDocument {
        name,
        title: table.required("title", KeyedValue::string),
        publisher: table.required("publisher", KeyedValue::string),
        doc: table.required("doc", KeyedValue::string),
        mark: table.optional("mark", KeyedValue::string),
    };
    table.finish();
    document
}

fn read_base_url(name: At<String>, mut table: SpecTable<'_>) -> RawBaseUrl {
    let base_url = RawBaseUrl { name, url: table.required("url", KeyedValue::string), about: read_about(&mut table) };
    table.finish();
    base_url
}

fn read_header(name: At<String>, mut table: SpecTable<'_>) -> RawHeader {
    let header = RawHeader {
        name,
        value: table.optional("value", KeyedValue::string),
        input: table.optional("input", KeyedValue::string),
        secret: table.optional("secret", KeyedValue::bool),
        about: read_about(&mut table),
    };
    table.finish();
    header
}

fn read_signing(mut table: SpecTable<'_>) -> RawSigning {
    let signing = RawSigning {
        algorithm: table.required("algorithm", KeyedValue::string),
        inputs: table.required("inputs", KeyedValue::strings),
        encoding: table.required("encoding", KeyedValue::string),
        about: read_about(&mut table),
        vector: table.required("vector", KeyedValue::table).map(read_vector),
    };
    table.finish();
    signing
}

fn read_vector(mut table: SpecTable<'_>) -> RawVector {
    let vector = RawVector {
        api_key: table.required("api_key", KeyedValue::string),
        api_secret: table.required("api_secret", KeyedValue::string),
        timestamp: table.required("timestamp", KeyedValue::int),
        sign: table.required("sign", KeyedValue::string),
    };
    table.finish();
    vector
}

fn read_envelope(mut table: SpecTable<'_>) -> RawEnvelope {
    let envelope = RawEnvelope {
        code: table.required("code", KeyedValue::table).map(read_envelope_part),
        message: table.required("message", KeyedValue::table).map(read_envelope_part),
        data: table.required("data", KeyedValue::table).map(read_envelope_part),
    };
    table.finish();
    envelope
}

fn read_envelope_part(mut table: SpecTable<'_>) -> RawEnvelopePart {
    let part = RawEnvelopePart { names: table.required("names", KeyedValue::strings), about: read_about(&mut table) };
    table.finish();
    part
}

fn read_code(name: At<String>, mut table: SpecTable<'_>) -> RawCode {
    let code = RawCode {
        name,
        number: table.required("code", KeyedValue::int),
        error: table.optional("error", KeyedValue::string),
        retry: table.optional("retry", KeyedValue::string),
        wordings: table.required("wordings", KeyedValue::strings),
        remedy: table.optional("remedy", KeyedValue::string),
        about: read_about(&mut table),
    };
    table.finish();
    code
}

fn read_enumeration(name: At<String>, mut table: SpecTable<'_>) -> RawEnum {
    let enumeration = RawEnum { name, about: read_about(&mut table), values: table.items("values", read_enum_value) };
    table.finish();
    enumeration
}

fn read_enum_value(name: At<String>, mut table: SpecTable<'_>) -> RawEnumValue {
    let value = RawEnumValue {
        name,
        number: table.required("number", KeyedValue::int),
        about: read_inherited_about(&mut table),
        next: table.optional("next", KeyedValue::strings).map(|next| next.value),
    };
    table.finish();
    value
}

/// Reads a type with its name.
fn read_named_type(name: At<String>, mut table: SpecTable<'_>) -> RawType {
    let kind = table.required("kind", KeyedValue::string);
    let about = read_about(&mut table);
    read_type_members(Some(name), kind, about, table)
}

/// Reads the request or the response of an operation.
fn read_body(mut table: SpecTable<'_>) -> RawBody {
    if table.has("type")
        && let Some(name) = table.optional("type", KeyedValue::string)
    {
        table.finish();
        return RawBody::Named(name);
    }
    let name = table.required("name", KeyedValue::string);
    let about = read_inherited_about(&mut table);
    RawBody::Defined(Box::new(read_type_members(name, None, about, table)))
}

/// Reads the parts of a type.
fn read_type_members(
    name: Option<At<String>>,
    kind: Option<At<String>>,
    about: RawAbout,
    mut table: SpecTable<'_>,
) -> RawType {
    let members = RawType {
        name,
        kind,
        about,
        include: table.optional("include", KeyedValue::table).map(read_include),
        fields: table.items("fields", read_field),
        rules: table.list("rules", read_rule).into_iter().flatten().collect(),
        warnings: table.list("warnings", read_warning).into_iter().flatten().collect(),
        constructors: table.items("constructors", read_constructor),
        totals: table.optional("totals", KeyedValue::string),
        cost: table.optional("cost", KeyedValue::string),
        state: table.optional("state", KeyedValue::string),
        updates: table.optional("updates", KeyedValue::strings),
    };
    table.finish();
    members
}

fn read_include(mut table: SpecTable<'_>) -> RawInclude {
    let include = RawInclude {
        from: table.required("from", KeyedValue::string),
        except: table.optional("except", KeyedValue::strings),
        after: table.optional("after", KeyedValue::string),
        at: table.at,
    };
    table.finish();
    include
}

fn read_field(wire: At<String>, mut table: SpecTable<'_>) -> RawField {
    let field = RawField {
        wire,
        kind: table.required("type", KeyedValue::string),
        within: table.optional("in", KeyedValue::string),
        aliases: table.optional("aliases", KeyedValue::strings),
        required: table.optional("required", KeyedValue::bool),
        required_when: table.optional("required_when", KeyedValue::conditions),
        default: table.optional("default", KeyedValue::literal),
        range: table.optional("range", read_range),
        length: table.optional("length", read_length),
        one_of: table.optional("one_of", KeyedValue::strings),
        format: table.optional("format", KeyedValue::string),
        example_only: table.optional("example_only", KeyedValue::bool),
        about: read_inherited_about(&mut table),
    };
    table.finish();
    field
}

fn read_range(node: KeyedValue<'_>) -> Option<At<RawBounds<f64>>> {
    read_bounds(node, KeyedValue::number)
}

fn read_length(node: KeyedValue<'_>) -> Option<At<RawBounds<i64>>> {
    read_bounds(node, KeyedValue::int)
}

/// Reads `min` and `max`, which are optional. Returns `None` if one of them is invalid.
fn read_bounds<'a, T>(
    node: KeyedValue<'a>,
    read: impl Fn(KeyedValue<'a>) -> Option<At<T>>,
) -> Option<At<RawBounds<T>>> {
    let mut table = node.table()?;
    let given = [table.has("min"), table.has("max")];
    let bounds = RawBounds { min: table.optional("min", &read), max: table.optional("max", &read) };
    let at = table.at;
    table.finish();
    (given == [bounds.min.is_some(), bounds.max.is_some()]).then_some(At { value: bounds, at })
}

/// Reads a rule. Its keys depend on its kind.
fn read_rule(mut table: SpecTable<'_>) -> Option<At<RawRule>> {
    let kind = table.required("kind", KeyedValue::string)?;
    if kind.value != "at_least_one" {
        table.sink().unknown("kind of rule", &kind, ["at_least_one"]);
        return None;
    }
    let rule = RawRule::AtLeastOne {
        when: table.optional("when", KeyedValue::conditions),
        fields: table.required("fields", KeyedValue::strings),
        doc: table.required("doc", KeyedValue::string),
    };
    let at = table.at;
    table.finish();
    Some(At { value: rule, at })
}

/// Reads a warning. Its keys depend on its kind.
fn read_warning(mut table: SpecTable<'_>) -> Option<At<RawWarning>> {
    let kind = table.required("kind", KeyedValue::string)?;
    let warning = match kind.as_str() {
        "no_effect" => RawWarning::NoEffect {
            field: table.required("field", KeyedValue::string),
            unless: table.required("unless", KeyedValue::conditions),
            doc: table.required("doc", KeyedValue::string),
        },
        "unknown_variable" => RawWarning::UnknownVariable {
            field: table.required("field", KeyedValue::string),
            name: table.required("name", KeyedValue::string),
            range: table.required("range", read_range),
            doc: table.required("doc", KeyedValue::string),
        },
        "empty" => RawWarning::Empty {
            field: table.required("field", KeyedValue::string),
            doc: table.required("doc", KeyedValue::string),
        },
        "reversed" => RawWarning::Reversed {
            start: table.required("start", KeyedValue::string),
            end: table.required("end", KeyedValue::string),
            doc: table.required("doc", KeyedValue::string),
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

fn read_constructor(name: At<String>, mut table: SpecTable<'_>) -> RawConstructor {
    let constructor = RawConstructor {
        name,
        set: table.optional("set", KeyedValue::conditions),
        arguments: table.optional("arguments", KeyedValue::strings),
        names: table.optional("names", KeyedValue::names).unwrap_or_default(),
        doc: table.required("doc", KeyedValue::string),
    };
    table.finish();
    constructor
}

fn read_paging(mut table: SpecTable<'_>) -> RawPaging {
    let paging = RawPaging {
        at: table.at,
        name: table.required("name", KeyedValue::string),
        doc: table.required("doc", KeyedValue::string),
        page: table.required("page", KeyedValue::string),
        records: table.required("records", KeyedValue::string),
        pages: table.required("pages", KeyedValue::string),
        total: table.required("total", KeyedValue::string),
        id: table.required("id", KeyedValue::string),
    };
    table.finish();
    paging
}

fn read_example(mut table: SpecTable<'_>) -> RawExample {
    let example = RawExample {
        source: table.required("source", KeyedValue::string),
        request: table.required("request", KeyedValue::text_block),
        response: table.required("response", KeyedValue::text_block),
    };
    table.finish();
    example
}
