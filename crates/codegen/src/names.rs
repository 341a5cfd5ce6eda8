//! How names of the spec look in each language.
//!
//! The spec writes a field as the wire does (`uploadName`), a type in `PascalCase`, and enum values, operations and
//! constructors in `snake_case`. Each language has its own case for each of them:
//!
//! | | Rust | Python | TypeScript |
//! |---|---|---|---|
//! | field, argument | `upload_name` | `upload_name` | `uploadName`, a field exactly as on the wire |
//! | enum value | `InProgress` | `IN_PROGRESS` | `IN_PROGRESS` |
//! | operation, constructor | `group_calls` | `group_calls` | `groupCalls` |
//!
//! A name that a language cannot use is escaped there and only there, so that it stays recognisable:
//!
//! - Rust uses a raw identifier (`r#type`), and a trailing `_` for the few words that cannot be raw (`self_`) and for
//!   what the generated types have by themselves (`new_`, `extra_`).
//! - Python adds a trailing `_` to its keywords, to `self`, to what the generated classes have by themselves, and to
//!   what their bodies use (`datetime_`); a method of a client also to arguments named as its options (`timeout_`).
//! - In TypeScript any word may name a property or a method, so that only arguments of functions get a trailing `_`:
//!   keywords (`class_`), and what the generated functions use (`options_`). A property has the name on the wire and
//!   no other; a response with a field of the name of something that responses have by themselves is refused, see
//!   [`reserved_property`].
//!
//! Type names are not escaped: one that would hide a name that users need is refused, see [`reserved_type`]. Names
//! that are the same but for case and `_` are refused as well (see [`key`]), so that escaping never makes two names one.

/// Words that Rust reserves and that may be raw identifiers.
const RUST_KEYWORDS: &str = "
    abstract as async await become box break const continue do dyn else enum extern false final fn for gen if impl
    in let loop macro match mod move mut override priv pub ref return static struct trait true try type typeof
    unsafe unsized use virtual where while yield
";

/// Words that Rust reserves and that may not be raw identifiers.
const RUST_NEVER_RAW: &str = "
    Self crate self super
";

/// Words that Python reserves, and the first argument of its methods.
const PYTHON_KEYWORDS: &str = "
    and as assert async await break class cls continue def del elif else except finally for from global if import in
    is lambda nonlocal not or pass raise return self try while with yield
";

/// Words that may not name an argument of a TypeScript function.
const TYPESCRIPT_KEYWORDS: &str = "
    arguments await break case catch class const continue debugger default delete do else enum eval export extends
    false finally for function if implements import in instanceof interface let new null package private protected
    public return static super switch this throw true try typeof undefined var void while with yield
";

/// What the generated TypeScript functions take or call by themselves.
const TYPESCRIPT_USED: &str = "
    encodeAudio fields options query request
";

/// Properties that responses in TypeScript have by themselves.
const TYPESCRIPT_PROPERTIES: &str = "
    extra toUpdate
";

/// What generated types have by themselves, in `snake_case`.
const MEMBERS: &str = "
    constructor copy extra from_dict from_json from_wire new replace to_dict to_json to_update to_wire validate warnings
";

/// What the bodies of the generated Python classes use, where a field of the same name would hide it.
const PYTHON_USED: &str = "
    bool bytearray bytes classmethod datetime float int memoryview property str tuple
";

/// What the methods of the Python clients take by themselves.
const PYTHON_CALL_OPTIONS: &str = "
    max_retries timeout
";

/// What the clients have by themselves, in `snake_case`.
const CLIENT_MEMBERS: &str = "
    aclose base_url builder close constructor execute from_env has_own_property max_retries new timeout to_json
    to_locale_string to_string totals value_of with_max_retries with_options with_timeout
";

/// Names in scope everywhere in Rust, or that its standard library has.
const RUST_TYPES: &str = "
    AsMut AsRef BTreeMap Box Clone Copy Debug Default Display DoubleEndedIterator Drop Duration Eq Err Error
    ExactSizeIterator Extend Fn FnMut FnOnce From FromIterator Future Hash HashMap Into IntoFuture IntoIterator
    Iterator None Ok Option Ord PartialEq PartialOrd Result Self Send Sized Some String Sync ToOwned ToString
    TryFrom TryInto Unpin Vec
";

/// Names that the generated Rust uses beside those that users see.
const RUST_USED: &str = "
    Lint Linter CallShape Checker Deserialize Deserializer Field FieldValue Kind MapAccess ObjectReader Page Paged
    PagingShape ReadObject RecordWriter Rules S Serialize Serializer Shape
";

/// Names built into Python, or that its annotations use.
const PYTHON_TYPES: &str = "
    Any Awaitable Callable ClassVar Decimal Enum Exception False Final Generic IntEnum Iterable Literal Mapping Number
    Optional PathLike Protocol Self Sequence True Type TypeVar TypedDict Union Warning
";

/// Names built into JavaScript and TypeScript.
const TYPESCRIPT_TYPES: &str = "
    AbortSignal Array BigInt Boolean Buffer Date Exclude Extract Function Infinity JSON Map Math NaN Number Object Omit
    Partial Pick Promise Proxy Readonly Record Reflect RegExp Required Set Symbol URL Uint8Array WeakMap WeakSet
";

/// The library's own names.
const LIBRARY_TYPES: &str = "
    Amount ApiError AsyncClient AsyncOperations AsyncPages Audio AuthenticationError Call CallOptions
    Client ClientBuilder ClientOptions ConfigError Drift ErrorKind Extra Fee FeeTotal InvalidRequestError
    IpRestrictedError LocalDateTime Operation OperationInfo OperationKind Operations OutcomeUnknownError Pages
    ParameterError Phase ProtocolError RateLimitedError Reader RecallFlowDraft RecallFlowError Record Recorded Request RequestTypes
    RequestWarning Response ResponseTypes Rule Sandbox ServiceError TimeoutError TimestampExpiredError TransportError
    Value Violation
";

/// The name in `snake_case`: `uploadName` → `upload_name`, `HTTPStatus` → `http_status`, `text1` → `text1`.
#[must_use]
pub fn snake(name: &str) -> String {
    words(name).join("_")
}

/// The name in `SCREAMING_SNAKE_CASE`: `in_progress` → `IN_PROGRESS`.
#[must_use]
pub fn screaming(name: &str) -> String {
    snake(name).to_uppercase()
}

/// The name in `PascalCase`: `in_progress` → `InProgress`.
#[must_use]
pub fn pascal(name: &str) -> String {
    words(name).iter().map(|word| capitalised(word)).collect()
}

/// The name in `camelCase`: `group_calls` → `groupCalls`.
#[must_use]
pub fn camel(name: &str) -> String {
    let capitalise = |(index, word): (usize, &String)| if index == 0 { word.clone() } else { capitalised(word) };
    words(name).iter().enumerate().map(capitalise).collect()
}

/// What is left of a name when case and separators do not count. Names that differ in no more than that are refused,
/// because some language would show them as one.
#[must_use]
pub fn key(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// A field, argument, operation or constructor in Rust: `uploadName` → `upload_name`, `type` → `r#type`,
/// `self` → `self_`.
#[must_use]
pub fn rust_field(name: &str) -> String {
    rust_identifier(unless_member(snake(name)))
}

/// A value of an enum in Rust: `in_progress` → `InProgress`, `self` → `Self_`. The generated enums have a variant
/// `Unknown` by themselves.
#[must_use]
pub fn rust_variant(name: &str) -> String {
    let name = pascal(name);
    if name == "Unknown" { trailed(name) } else { rust_identifier(name) }
}

/// A field, argument, operation or constructor in Python: `uploadName` → `upload_name`, `class` → `class_`.
#[must_use]
pub fn python_field(name: &str) -> String {
    let name = unless_member(snake(name));
    if has(PYTHON_KEYWORDS, &name) || has(PYTHON_USED, &name) { trailed(name) } else { name }
}

/// An argument of a method of the Python clients: `keyId` → `key_id`, `timeout` → `timeout_`.
#[must_use]
pub fn python_argument(name: &str) -> String {
    let name = python_field(name);
    if has(PYTHON_CALL_OPTIONS, &name) { trailed(name) } else { name }
}

/// A method of a TypeScript object: `query_group_calls` → `queryGroupCalls`.
#[must_use]
pub fn typescript_method(name: &str) -> String {
    camel(name)
}

/// An argument of a TypeScript function: `uploadName` → `uploadName`, `class` → `class_`.
#[must_use]
pub fn typescript_argument(name: &str) -> String {
    let name = camel(name);
    if has(TYPESCRIPT_KEYWORDS, &name) || has(TYPESCRIPT_USED, &name) { trailed(name) } else { name }
}

/// Whether responses have a property of this name by themselves, beside those that are called as their fields on the
/// wire.
#[must_use]
pub fn reserved_property(wire: &str) -> bool {
    has(TYPESCRIPT_PROPERTIES, wire)
}

/// Whether a type of this name may be taken for a part of the request type `whole`: its fields, its rules, their variants
/// and what its constructors take are types in TypeScript.
#[must_use]
pub fn is_part_of_request(whole: &str, name: &str) -> bool {
    let Some(part) = name.strip_prefix(whole) else { return false };
    ["Fields", "Rule", "Options"].iter().any(|end| part.ends_with(end)) || part.starts_with("With")
}

/// Whether a type of this name would hide a name that users or the generated code need.
#[must_use]
pub fn reserved_type(name: &str) -> bool {
    [RUST_TYPES, RUST_USED, PYTHON_TYPES, TYPESCRIPT_TYPES, LIBRARY_TYPES].iter().any(|list| has(list, name))
}

/// Whether the clients have a method of this `snake_case` name by themselves.
#[must_use]
pub fn reserved_method(name: &str) -> bool {
    has(CLIENT_MEMBERS, name)
}

/// Whether a word is in a list of words between blanks.
fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|other| other == word)
}

/// Splits a name into its words, in lower case: at `_` and `-`, before a capital after a small letter or a digit, and
/// before the last capital of several when a small letter follows.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (index, &c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| chars[before]);
        let small_after = chars.get(index + 1).is_some_and(char::is_ascii_lowercase);
        let starts = before.is_some_and(|before| !before.is_ascii_uppercase() || small_after);
        if c == '_' || c == '-' {
            words.push(String::new());
            continue;
        }
        if c.is_ascii_uppercase() && starts {
            words.push(String::new());
        }
        words.last_mut().expect("there is always a word").push(c.to_ascii_lowercase());
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The word with a capital.
fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// The name, escaped if Rust reserves it.
fn rust_identifier(name: String) -> String {
    if has(RUST_NEVER_RAW, &name) {
        trailed(name)
    } else if has(RUST_KEYWORDS, &name) {
        format!("r#{name}")
    } else {
        name
    }
}

/// Whether generated types have a member of this `snake_case` name by themselves.
fn is_member(name: &str) -> bool {
    has(MEMBERS, name)
}

/// The name, escaped if generated types have a member of that name by themselves.
fn unless_member(name: String) -> String {
    if is_member(&name) { trailed(name) } else { name }
}

/// The name with a trailing `_`.
fn trailed(name: String) -> String {
    name + "_"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A conversion of a name.
    type Convert = fn(&str) -> String;

    #[test]
    fn cases() {
        let cases: [(Convert, &str, &str); 16] = [
            (snake, "uploadName", "upload_name"),
            (snake, "GroupCallTask", "group_call_task"),
            (snake, "HTTPStatus", "http_status"),
            (snake, "agentTotalFeetime", "agent_total_feetime"),
            (snake, "text1", "text1"),
            (snake, "md5Sum", "md5_sum"),
            (snake, "Api-Key", "api_key"),
            (snake, "in_progress", "in_progress"),
            (snake, "Result", "result"),
            (snake, "__odd__name_", "odd_name"),
            (screaming, "in_progress", "IN_PROGRESS"),
            (screaming, "ITNIO", "ITNIO"),
            (pascal, "text_to_speech", "TextToSpeech"),
            (pascal, "GroupCallTask", "GroupCallTask"),
            (camel, "query_group_calls", "queryGroupCalls"),
            (camel, "Result", "result"),
        ];
        for (convert, name, expected) in cases {
            assert_eq!(convert(name), expected, "{name}");
        }
    }

    #[test]
    fn escapes() {
        let cases: [(Convert, &str, &str); 27] = [
            (rust_field, "type", "r#type"),
            (rust_field, "async", "r#async"),
            (rust_field, "self", "self_"),
            (rust_field, "Self", "self_"),
            (rust_field, "class", "class"),
            (rust_field, "validate", "validate_"),
            (rust_field, "new", "new_"),
            (rust_field, "replace", "replace_"),
            (rust_variant, "self", "Self_"),
            (rust_variant, "none", "None"),
            (rust_variant, "unknown", "Unknown_"),
            (rust_variant, "type", "Type"),
            (python_field, "class", "class_"),
            (python_field, "from", "from_"),
            (python_field, "async", "async_"),
            (python_field, "self", "self_"),
            (python_field, "type", "type"),
            (python_field, "match", "match"),
            (python_field, "extra", "extra_"),
            (python_field, "toDict", "to_dict_"),
            (python_field, "datetime", "datetime_"),
            (python_field, "timeout", "timeout"),
            (python_argument, "timeout", "timeout_"),
            (typescript_method, "text_to_speech", "textToSpeech"),
            (typescript_argument, "class", "class_"),
            (typescript_argument, "options", "options_"),
            (typescript_argument, "keyId", "keyId"),
        ];
        for (convert, name, expected) in cases {
            assert_eq!(convert(name), expected, "{name}");
        }
    }

    #[test]
    fn names_that_some_language_would_show_as_one_have_one_key() {
        assert_eq!(key("text1"), key("text_1"));
        assert_eq!(key("uploadName"), key("upload_name"));
        assert_ne!(key("uploadName"), key("uploadNames"));
    }

    #[test]
    fn a_type_may_not_be_taken_for_a_part_of_a_request() {
        assert!(is_part_of_request("Node", "NodeFields"));
        assert!(is_part_of_request("Node", "NodeSourceRule"));
        assert!(is_part_of_request("Node", "NodeWithoutSms"));
        assert!(is_part_of_request("Node", "NodeUploadedOptions"));
        assert!(!is_part_of_request("Node", "NodeDetail"));
        assert!(!is_part_of_request("Node", "Node"));
    }

    #[test]
    fn a_type_may_not_hide_a_common_name() {
        assert!(reserved_type("Result"));
        assert!(reserved_type("Promise"));
        assert!(reserved_type("Serializer"));
        assert!(!reserved_type("GroupCallTask"));
    }
}
