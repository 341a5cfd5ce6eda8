//! Every measurement: its contenders, and the targets of the project.

use std::ffi::OsString;
use std::time::Duration;

/// The name of the client in every table.
pub(crate) const OURS: &str = "recallflow";

/// How often and how long the contenders run.
pub(crate) struct Effort {
    pub(crate) rounds: usize,
    /// How long one batch should take.
    pub(crate) batch: Duration,
    /// How long a contender runs before it is measured.
    pub(crate) warm_up: Duration,
}

/// A language whose clients are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BenchLanguage {
    Rust,
    Python,
    Node,
}

impl BenchLanguage {
    /// Returns the language of this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [("rust", Self::Rust), ("python", Self::Python), ("node", Self::Node)]
            .into_iter()
            .find_map(|(known, language)| (known == name).then_some(language))
    }

    /// Returns rounds and batches that take about three minutes for all measurements of the language.
    pub(crate) fn default_effort(self) -> Effort {
        let (rounds, batch, warm_up) = match self {
            Self::Rust => (40, 100, 0),
            // The scheduler needs some time to find a place for each thread, which decides more than a client does.
            Self::Python => (8, 400, 0),
            // Node compiles a function after many calls.
            Self::Node => (8, 400, 1000),
        };
        Effort { rounds, batch: Duration::from_millis(batch), warm_up: Duration::from_millis(warm_up) }
    }

    /// Returns the arguments with which the interpreter runs one line of code.
    pub(crate) fn evaluation_arguments(self, code: &str) -> Vec<OsString> {
        let options: &[&str] = if self == Self::Python { &["-I", "-c"] } else { &["-e"] };
        options.iter().copied().chain([code]).map(OsString::from).collect()
    }
}

/// A comparison of contenders that do the same.
pub(crate) struct Measurement {
    /// The name on the command line.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// The command of a contender.
    pub(crate) call: &'static str,
    /// Calls at the same time.
    pub(crate) in_flight: usize,
    pub(crate) columns: Columns,
    pub(crate) contenders: &'static [Contender],
    pub(crate) targets: &'static [SpeedTarget],
}

/// The figures that a measurement is about.
#[derive(Clone, Copy)]
pub(crate) enum Columns {
    /// Rate, processor time and memory.
    Calls,
    /// The longest turn of the event loop, during which nothing else of the process runs.
    Turn,
    /// How much longer a process takes than the first contender's.
    Start,
}

/// A client, or something else to measure.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) program: ContenderProgram,
}

impl Contender {
    /// Returns whether the contender starts an interpreter that loads nothing.
    pub(crate) fn is_bare_start(&self) -> bool {
        self.name == BARE
    }
}

/// How a contender is run.
pub(crate) enum ContenderProgram {
    /// This program, in which the contender is known by its name.
    Rust,
    /// A script of the interpreter, with further arguments.
    Script(&'static [&'static str]),
    /// Code that the interpreter starts with; each call is a new process.
    Start(&'static str),
}

/// A bound that the project has set itself for recallflow.
pub(crate) struct SpeedTarget {
    pub(crate) quantity: Quantity,
    /// The contender that recallflow is compared with; the measured contender itself for absolute quantities.
    pub(crate) beside: &'static str,
    pub(crate) bound: f64,
}

/// The figure that a target bounds.
#[derive(Clone, Copy)]
pub(crate) enum Quantity {
    /// The rate in proportion to that of the other contender, at least.
    Rate,
    /// The processor time in proportion to that of the other contender, at most.
    Cpu,
    /// The processor time of one call in nanoseconds, at most.
    Nanoseconds,
    /// The milliseconds beyond a bare start, at most.
    StartUp,
}

const BARE: &str = "a bare start";

const fn rust_client(name: &'static str) -> Contender {
    Contender { name, program: ContenderProgram::Rust }
}

const fn script_client(name: &'static str, script: &'static [&'static str]) -> Contender {
    Contender { name, program: ContenderProgram::Script(script) }
}

const fn start_code(name: &'static str, code: &'static str) -> Contender {
    Contender { name, program: ContenderProgram::Start(code) }
}

/// Returns a comparison of calls: its name, title, call and calls in flight, its contenders and targets.
const fn comparison(
    name: &'static str,
    title: &'static str,
    call: &'static str,
    in_flight: usize,
    contenders: &'static [Contender],
    targets: &'static [SpeedTarget],
) -> Measurement {
    Measurement { name, title, call, in_flight, columns: Columns::Calls, contenders, targets }
}

const fn loop_turns(
    name: &'static str,
    title: &'static str,
    in_flight: usize,
    contenders: &'static [Contender],
) -> Measurement {
    Measurement { columns: Columns::Turn, ..comparison(name, title, "loop", in_flight, contenders, &[]) }
}

const fn start_times(
    title: &'static str,
    contenders: &'static [Contender],
    targets: &'static [SpeedTarget],
) -> Measurement {
    Measurement { columns: Columns::Start, ..comparison("start", title, "start", 1, contenders, targets) }
}

const fn times_as_fast(bound: f64, beside: &'static str) -> SpeedTarget {
    SpeedTarget { quantity: Quantity::Rate, beside, bound }
}

const fn cpu_ratio(bound: f64, beside: &'static str) -> SpeedTarget {
    SpeedTarget { quantity: Quantity::Cpu, beside, bound }
}

const fn nanoseconds(bound: f64, of: &'static str) -> SpeedTarget {
    SpeedTarget { quantity: Quantity::Nanoseconds, beside: of, bound }
}

/// Returns the measurements of a language.
pub(crate) fn measurements(language: BenchLanguage) -> &'static [Measurement] {
    match language {
        BenchLanguage::Rust => RUST,
        BenchLanguage::Python => PYTHON,
        BenchLanguage::Node => NODE,
    }
}

/// Returns whether the text is a part of a measurement's name.
pub(crate) fn has_measurement(language: BenchLanguage, part: &str) -> bool {
    measurements(language).iter().any(|measurement| measurement.name.contains(part))
}

const SMALL: &str = "small response, one at a time";
const PAGE: &str = "page of 100 records, one at a time";
const SMALL_64: &str = "small response, 64 in flight";
const PAGES: &str = "list of 20 pages, 50 ms of latency";
const PAGE_64: &str = "page of 100 records, 64 in flight";

pub(crate) const REQWEST: &str = "reqwest + serde_json";
pub(crate) const HYPER: &str = "hyper, bare connection";
/// The bound of the project: the time of a list with four pages at once, in proportion to one page at a time.
const PAGES_TARGETS: &[SpeedTarget] = &[times_as_fast(1.0 / 0.35, ONE_PAGE_AT_A_TIME)];
pub(crate) const ONE_PAGE_AT_A_TIME: &str = "recallflow, one page at a time";
const RUST_LISTS: &[Contender] = &[rust_client(OURS), rust_client(ONE_PAGE_AT_A_TIME), rust_client(REQWEST)];
const RUST_CLIENTS: &[Contender] = &[rust_client(OURS), rust_client(REQWEST), rust_client(HYPER)];

pub(crate) const DERIVED: &str = "derived structs, from_slice";
pub(crate) const DERIVED_UTF8: &str = "derived structs, UTF-8 checked first";
pub(crate) const JSON_VALUE: &str = "serde_json::Value";
const DECODERS: &[Contender] =
    &[rust_client(OURS), rust_client(DERIVED), rust_client(DERIVED_UTF8), rust_client(JSON_VALUE)];

pub(crate) const FULL_NODE: &str = "node, every field set";
pub(crate) const ASCII_NODE: &str = "the same, 1000 ASCII characters";
pub(crate) const COUNTED_NODE: &str = "the same, 1000 other characters";
pub(crate) const TEN_NODES: &str = "update of 10 such nodes";
pub(crate) const PAGE_QUERY: &str = "query of a page";
const VALIDATIONS: &[Contender] = &[
    rust_client(FULL_NODE),
    rust_client(ASCII_NODE),
    rust_client(COUNTED_NODE),
    rust_client(TEN_NODES),
    rust_client(PAGE_QUERY),
];

const RUST: &[Measurement] = &[
    comparison("small", SMALL, "small", 1, RUST_CLIENTS, &[cpu_ratio(1.05, REQWEST)]),
    comparison("small-64", SMALL_64, "small", 64, RUST_CLIENTS, &[cpu_ratio(1.05, REQWEST)]),
    comparison("page", PAGE, "page", 1, RUST_CLIENTS, &[cpu_ratio(0.8, REQWEST)]),
    comparison("page-64", PAGE_64, "page", 64, RUST_CLIENTS, &[cpu_ratio(0.8, REQWEST)]),
    comparison("pages", PAGES, "pages", 1, RUST_LISTS, PAGES_TARGETS),
    comparison("decode", "decode a page of 100 records, 47 kB", "decode", 1, DECODERS, &[cpu_ratio(0.65, DERIVED)]),
    comparison("validate", "validate a request", "validate", 1, VALIDATIONS, &[nanoseconds(500.0, FULL_NODE)]),
];

/// httpx as all others are, which keep every connection. By default it keeps 20, and opens new ones all the time.
const HTTPX_64: &str = "httpx, 64 kept";
const PYREQWEST: &str = "pyreqwest + msgspec";
const PYCURL: &str = "pycurl + orjson";

const PYTHON_CLIENTS: &[Contender] = &[
    script_client(OURS, &["sync_recallflow.py"]),
    script_client("bare socket + msgspec", &["sync_socket.py"]),
    script_client(PYCURL, &["sync_pycurl.py"]),
    script_client("urllib3", &["sync_urllib3.py"]),
    script_client("httpx", &["sync_httpx.py"]),
    script_client("requests", &["sync_requests.py"]),
    script_client(PYREQWEST, &["sync_pyreqwest.py"]),
];

const PYTHON_LISTS: &[Contender] = &[
    script_client(OURS, &["sync_recallflow.py", "4"]),
    script_client(ONE_PAGE_AT_A_TIME, &["sync_recallflow.py", "1"]),
    script_client("httpx", &["sync_httpx.py"]),
];

const THREADED_CLIENTS: &[Contender] = &[
    script_client(OURS, &["sync_recallflow.py"]),
    script_client("httpx", &["sync_httpx.py"]),
    script_client("requests", &["sync_requests.py"]),
    script_client(PYREQWEST, &["sync_pyreqwest.py"]),
];

const ASYNCIO_CLIENTS: &[Contender] = &[
    script_client(OURS, &["async_recallflow.py"]),
    script_client("aiohttp + msgspec", &["async_aiohttp.py", "msgspec"]),
    script_client("aiohttp", &["async_aiohttp.py"]),
    script_client("httpx", &["async_httpx.py"]),
    script_client(HTTPX_64, &["async_httpx.py", "64"]),
    script_client(PYREQWEST, &["async_pyreqwest.py"]),
];

const PYTHON_DECODERS: &[Contender] = &[
    script_client(OURS, &["decode.py", OURS]),
    script_client("msgspec", &["decode.py", "msgspec"]),
    script_client("orjson", &["decode.py", "orjson"]),
    script_client("json", &["decode.py", "json"]),
];

const PYTHON_STARTS: &[Contender] = &[
    start_code(BARE, "pass"),
    start_code(OURS, "import recallflow"),
    start_code("httpx", "import httpx"),
    start_code("requests", "import requests"),
    start_code("aiohttp", "import aiohttp"),
];

const PYTHON_SMALL: &[SpeedTarget] = &[
    times_as_fast(4.0, "httpx"),
    times_as_fast(6.0, "requests"),
    times_as_fast(1.0, PYCURL),
    times_as_fast(1.0, PYREQWEST),
];
const PYTHON_PAGE: &[SpeedTarget] = &[
    times_as_fast(4.0, "httpx"),
    times_as_fast(6.0, "requests"),
    times_as_fast(1.0, PYCURL),
    times_as_fast(1.2, PYREQWEST),
];
const ASYNCIO_SMALL: &[SpeedTarget] = &[times_as_fast(4.0, "aiohttp"), times_as_fast(30.0, HTTPX_64)];
const ASYNCIO_PAGE: &[SpeedTarget] =
    &[times_as_fast(1.5, "aiohttp + msgspec"), times_as_fast(30.0, HTTPX_64), times_as_fast(1.1, PYREQWEST)];
const PYTHON_START: &[SpeedTarget] = &[SpeedTarget { quantity: Quantity::StartUp, beside: BARE, bound: 30.0 }];

const PYTHON: &[Measurement] = &[
    comparison("small", SMALL, "small", 1, PYTHON_CLIENTS, PYTHON_SMALL),
    comparison("page", PAGE, "page", 1, PYTHON_CLIENTS, PYTHON_PAGE),
    comparison("pages", PAGES, "pages", 1, PYTHON_LISTS, PAGES_TARGETS),
    comparison("threads", "small response, 16 threads", "small", 16, THREADED_CLIENTS, &[times_as_fast(20.0, "httpx")]),
    comparison(
        "asyncio-small-64",
        "small response, asyncio, 64 in flight",
        "small",
        64,
        ASYNCIO_CLIENTS,
        ASYNCIO_SMALL,
    ),
    comparison(
        "asyncio-page-64",
        "page of 100 records, asyncio, 64 in flight",
        "page",
        64,
        ASYNCIO_CLIENTS,
        ASYNCIO_PAGE,
    ),
    comparison(
        "decode",
        "decode a page of 100 records, 47 kB, and read every field",
        "decode",
        1,
        PYTHON_DECODERS,
        &[],
    ),
    start_times("start an interpreter and import", PYTHON_STARTS, PYTHON_START),
];

const NODE_CLIENTS: &[Contender] = &[
    script_client(OURS, &["recallflow.mjs"]),
    script_client("undici", &["undici.mjs"]),
    script_client("node:http", &["http.mjs"]),
    script_client("axios", &["axios.mjs"]),
    script_client("fetch", &["fetch.mjs"]),
];

const NODE_LISTS: &[Contender] = &[
    script_client(OURS, &["recallflow.mjs", "4"]),
    script_client(ONE_PAGE_AT_A_TIME, &["recallflow.mjs", "1"]),
    script_client("undici", &["undici.mjs"]),
];

const NODE_STARTS: &[Contender] = &[
    start_code(BARE, "0"),
    start_code(OURS, "require('../dist/index.js')"),
    start_code("undici", "require('undici')"),
    start_code("axios", "require('axios')"),
];

const NODE_SMALL_64: &[SpeedTarget] = &[times_as_fast(1.0, "undici"), times_as_fast(7.0, "fetch")];
const NODE_PAGE_64: &[SpeedTarget] =
    &[times_as_fast(2.5, "undici"), times_as_fast(10.0, "fetch"), times_as_fast(10.0, "axios")];

const NODE: &[Measurement] = &[
    comparison("small", SMALL, "small", 1, NODE_CLIENTS, &[times_as_fast(1.0, "undici")]),
    comparison("page", PAGE, "page", 1, NODE_CLIENTS, &[times_as_fast(2.0, "undici")]),
    comparison("pages", PAGES, "pages", 1, NODE_LISTS, PAGES_TARGETS),
    comparison("small-64", SMALL_64, "small", 64, NODE_CLIENTS, NODE_SMALL_64),
    comparison("page-64", PAGE_64, "page", 64, NODE_CLIENTS, NODE_PAGE_64),
    loop_turns("loop", "page of 100 records, one at a time: longest turn of the event loop", 1, NODE_CLIENTS),
    loop_turns("loop-64", "page of 100 records, 64 in flight: longest turn of the event loop", 64, NODE_CLIENTS),
    start_times("start Node and require", NODE_STARTS, &[]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_about_a_contender_of_its_measurement() {
        for measurement in [RUST, PYTHON, NODE].into_iter().flatten() {
            for target in measurement.targets {
                let mut names = measurement.contenders.iter().map(|contender| contender.name);
                assert!(names.any(|name| name == target.beside), "{}: {}", measurement.name, target.beside);
            }
        }
    }
}
