//! Names that languages, generated code or the library already use.

/// Reserved words of Rust that can be raw identifiers.
pub(super) const RUST_KEYWORDS: &str = "
    abstract as async await become box break const continue do dyn else enum extern false final fn for gen if impl
    in let loop macro match mod move mut override priv pub ref return static struct trait true try type typeof
    unsafe unsized use virtual where while yield
";

/// Reserved words of Rust that cannot be raw identifiers.
pub(super) const RUST_NEVER_RAW: &str = "
    Self crate self super
";

/// Reserved words of Python, and the first arguments of methods.
pub(super) const PYTHON_KEYWORDS: &str = "
    and as assert async await break class cls continue def del elif else except finally for from global if import in
    is lambda nonlocal not or pass raise return self try while with yield
";

/// Words that cannot be the name of an argument in TypeScript.
pub(super) const TYPESCRIPT_KEYWORDS: &str = "
    arguments await break case catch class pub(super) const continue debugger default delete do else enum eval export extends
    false finally for function if implements import in instanceof interface let new null package private protected
    public return static super switch this throw true try typeof undefined var void while with yield
";

/// Names that the generated TypeScript functions use.
pub(super) const TYPESCRIPT_USED: &str = "
    encodeAudio fields options query request
";

/// Properties of every request and response, and of some responses, in TypeScript.
const TYPESCRIPT_PROPERTIES: &str = "
    extra toUpdate
";

/// Members of every generated type, in `snake_case`.
pub(super) const MEMBERS: &str = "
    constructor copy cost extra from_dict from_json from_wire in_span is_settled new replace to_dict to_json to_row to_update
    to_wire validate warnings
";

/// Names that the bodies of the generated Python classes use. A field of the same name would hide them.
pub(super) const PYTHON_USED: &str = "
    bool bytearray bytes classmethod date datetime float int memoryview property str tuple
";

/// Arguments of the Python clients' methods beside the fields of a request and the options of a call.
const PYTHON_CALL_ARGUMENTS: &str = "
    concurrency query request strict
";

/// Members of the clients, in `snake_case`.
const CLIENT_MEMBERS: &str = "
    aclose base_url builder close constructor execute from_env has_own_property max_retries new timeout to_json
    to_locale_string to_string totals value_of with_max_retries with_options with_timeout
";

/// Names of Rust's prelude and standard library.
const RUST_TYPES: &str = "
    AsMut AsRef BTreeMap Box Clone Copy Debug Default Display DoubleEndedIterator Drop Duration Eq Err Error
    ExactSizeIterator Extend Fn FnMut FnOnce From FromIterator Future Hash HashMap Into IntoFuture IntoIterator
    Iterator None Ok Option Ord PartialEq PartialOrd Result Self Send Sized Some String Sync ToOwned ToString
    TryFrom TryInto Unpin Vec
";

/// Internal names that the generated Rust uses.
const RUST_USED: &str = "
    Lint Linter CallShape Checker Deserialize Deserializer Field FieldNames FieldValue Kind MapAccess ObjectReader Page Paged
    ObjectWriter PagingShape ReadObject RecordWriter Rules S Serialize Serializer Shape
";

/// Built-in names of Python, and names in its annotations.
const PYTHON_TYPES: &str = "
    Any Awaitable Callable ClassVar Decimal Enum Exception False Final Generic IntEnum Iterable Literal Mapping Number
    Optional PathLike Protocol Self Sequence True Type TypeVar TypedDict Union Warning
";

/// Built-in names of JavaScript and TypeScript.
const TYPESCRIPT_TYPES: &str = "
    AbortSignal Array BigInt Boolean Buffer Date Exclude Extract Function Infinity JSON Map Math NaN Number Object Omit
    Partial Pick Promise Proxy Readonly Record Reflect RegExp Required Set Symbol URL Uint8Array WeakMap WeakSet
";

/// Public names of the library.
const LIBRARY_TYPES: &str = "
    Amount ApiError AsyncClient AsyncOperations AsyncPages Audio AuthenticationError Call CallOptions
    Client ClientBuilder ClientOptions ConfigError Drift ErrorKind Extra Fee FeeTotal IncompleteError
    InvalidRequestError IpRestrictedError LocalDateTime Operation OperationInfo OperationKind Operations OutcomeUnknownError
    Overrides PagedQuery Pages PagingOptions
    ParameterError Phase ProtocolError RateLimitedError Reader RecallFlowError Record Recorded Request RequestTypes
    RequestWarning Response ResponseTypes Rule Sandbox ServiceError Span TimeoutError TimestampExpiredError TransportError
    UnavailableError Value Violation WholePages
";

/// Returns whether requests or responses in TypeScript have a property of this name beside their fields.
#[must_use]
pub fn reserved_property(wire: &str) -> bool {
    has(TYPESCRIPT_PROPERTIES, wire)
}

/// Returns whether a type of this name may be mistaken for a part of the request type `whole`. In TypeScript, its fields,
/// its rules, their variants and the options of its constructors are types.
#[must_use]
pub fn is_part_of_request(whole: &str, name: &str) -> bool {
    let Some(part) = name.strip_prefix(whole) else { return false };
    ["Fields", "Rule", "Options"].iter().any(|end| part.ends_with(end)) || part.starts_with("With")
}

/// Returns whether a type of this name would hide a name that users or the generated code need.
#[must_use]
pub fn reserved_type(name: &str) -> bool {
    [RUST_TYPES, RUST_USED, PYTHON_TYPES, TYPESCRIPT_TYPES, LIBRARY_TYPES].iter().any(|list| has(list, name))
}

/// Returns whether the Python clients' methods have an argument of this name beside the options of a call.
#[must_use]
pub fn reserved_keyword(name: &str) -> bool {
    has(PYTHON_CALL_ARGUMENTS, name)
}

/// Returns whether the clients already have a method of this `snake_case` name.
#[must_use]
pub fn reserved_method(name: &str) -> bool {
    has(CLIENT_MEMBERS, name)
}

/// Returns whether a whitespace-separated list contains a word.
pub(super) fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|other| other == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_cannot_have_the_name_of_a_part_of_a_request() {
        assert!(is_part_of_request("Node", "NodeFields"));
        assert!(is_part_of_request("Node", "NodeSourceRule"));
        assert!(is_part_of_request("Node", "NodeWithoutSms"));
        assert!(is_part_of_request("Node", "NodeUploadedOptions"));
        assert!(!is_part_of_request("Node", "NodeDetail"));
        assert!(!is_part_of_request("Node", "Node"));
    }
    #[test]
    fn a_type_cannot_hide_a_common_name() {
        assert!(reserved_type("Result"));
        assert!(reserved_type("Promise"));
        assert!(reserved_type("Serializer"));
        assert!(!reserved_type("GroupCallTask"));
    }
}
