//! Every measurement: its contenders, and the targets of the project.

use std::ffi::OsString;
use std::time::Duration;

use crate::options::Effort;

/// The name of the client in every table.
pub(crate) const OURS: &str = "recallflow";

/// A language whose clients are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Language {
    Rust,
    Python,
    Node,
}

impl Language {
    /// Returns the language of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [("rust", Self::Rust), ("python", Self::Python), ("node", Self::Node)]
            .into_iter()
            .find_map(|(known, language)| (known == name).then_some(language))
    }

    /// Returns rounds and batches that take about three minutes for all measurements of the language.
    pub(crate) fn effort(self) -> Effort {
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
    pub(crate) fn evaluate(self, code: &str) -> Vec<OsString> {
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
    pub(crate) targets: &'static [Target],
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
    pub(crate) program: Program,
}

impl Contender {
    /// Returns whether the contender starts an interpreter that loads nothing.
    pub(crate) fn is_bare_start(&self) -> bool {
        self.name == BARE
    }
}

/// How a contender is run.
pub(crate) enum Program {
    /// This program, in which the contender is known by its name.
    Rust,
    /// A script of the interpreter, with further arguments.
    Script(&'static [&'static str]),
    /// Code that the interpreter starts with; each call is a new process.
    Start(&'static str),
}

/// A bound that the project has set itself for recallflow.
pub(crate) struct Target {
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

const fn rust(name: &'static str) -> Contender {
    Contender { name, program: Program::Rust }
}

const fn script(name: &'static str, script: &'static [&'static str]) -> Contender {
    Contender { name, program: Program::Script(script) }
}

const fn start(name: &'static str, code: &'static str) -> Contender {
    Contender { name, program: Program::Start(code) }
}

const fn times_as_fast(bound: f64, beside: &'static str) -> Target {
    Target { quantity: Quantity::Rate, beside, bound }
}

const fn cpu(bound: f64, beside: &'static str) -> Target {
    Target { quantity: Quantity::Cpu, beside, bound }
}

/// Returns the measurements of a language.
pub(crate) fn measurements(language: Language) -> &'static [Measurement] {
    match language {
        Language::Rust => RUST,
        Language::Python => PYTHON,
        Language::Node => NODE,
    }
}

/// Returns whether the text is a part of a measurement's name.
pub(crate) fn exists(language: Language, part: &str) -> bool {
    measurements(language).iter().any(|measurement| measurement.name.contains(part))
}

const SMALL: &str = "small response, one at a time";
const PAGE: &str = "page of 100 records, one at a time";
const SMALL_64: &str = "small response, 64 in flight";
const PAGE_64: &str = "page of 100 records, 64 in flight";

pub(crate) const REQWEST: &str = "reqwest + serde_json";
pub(crate) const HYPER: &str = "hyper, bare connection";
const RUST_CLIENTS: &[Contender] = &[rust(OURS), rust(REQWEST), rust(HYPER)];

pub(crate) const DERIVED: &str = "derived structs, from_slice";
pub(crate) const DERIVED_UTF8: &str = "derived structs, UTF-8 checked first";
pub(crate) const JSON_VALUE: &str = "serde_json::Value";

pub(crate) const FULL_NODE: &str = "node, every field set";
pub(crate) const ASCII_NODE: &str = "the same, 1000 ASCII characters";
pub(crate) const COUNTED_NODE: &str = "the same, 1000 other characters";
pub(crate) const TEN_NODES: &str = "update of 10 such nodes";
pub(crate) const PAGE_QUERY: &str = "query of a page";

const RUST: &[Measurement] = &[
    Measurement {
        name: "small",
        title: SMALL,
        call: "small",
        in_flight: 1,
        columns: Columns::Calls,
        contenders: RUST_CLIENTS,
        targets: &[cpu(1.05, REQWEST)],
    },
    Measurement {
        name: "small-64",
        title: SMALL_64,
        call: "small",
        in_flight: 64,
        columns: Columns::Calls,
        contenders: RUST_CLIENTS,
        targets: &[cpu(1.05, REQWEST)],
    },
    Measurement {
        name: "page",
        title: PAGE,
        call: "page",
        in_flight: 1,
        columns: Columns::Calls,
        contenders: RUST_CLIENTS,
        targets: &[cpu(0.8, REQWEST)],
    },
    Measurement {
        name: "page-64",
        title: PAGE_64,
        call: "page",
        in_flight: 64,
        columns: Columns::Calls,
        contenders: RUST_CLIENTS,
        targets: &[cpu(0.8, REQWEST)],
    },
    Measurement {
        name: "decode",
        title: "decode a page of 100 records, 47 kB",
        call: "decode",
        in_flight: 1,
        columns: Columns::Calls,
        contenders: &[rust(OURS), rust(DERIVED), rust(DERIVED_UTF8), rust(JSON_VALUE)],
        targets: &[cpu(0.65, DERIVED)],
    },
    Measurement {
        name: "validate",
        title: "validate a request",
        call: "validate",
        in_flight: 1,
        columns: Columns::Calls,
        contenders: &[rust(FULL_NODE), rust(ASCII_NODE), rust(COUNTED_NODE), rust(TEN_NODES), rust(PAGE_QUERY)],
        targets: &[Target { quantity: Quantity::Nanoseconds, beside: FULL_NODE, bound: 500.0 }],
    },
];

/// httpx as all others are, which keep every connection. By default it keeps 20, and opens new ones all the time.
const HTTPX_64: &str = "httpx, 64 kept";
const PYREQWEST: &str = "pyreqwest + msgspec";

const PYTHON_CLIENTS: &[Contender] = &[
    script(OURS, &["sync_recallflow.py"]),
    script("bare socket + msgspec", &["sync_socket.py"]),
    script("pycurl + orjson", &["sync_pycurl.py"]),
    script("urllib3", &["sync_urllib3.py"]),
    script("httpx", &["sync_httpx.py"]),
    script("requests", &["sync_requests.py"]),
    script(PYREQWEST, &["sync_pyreqwest.py"]),
];

const ASYNCIO_CLIENTS: &[Contender] = &[
    script(OURS, &["async_recallflow.py"]),
    script("aiohttp + msgspec", &["async_aiohttp.py", "msgspec"]),
    script("aiohttp", &["async_aiohttp.py"]),
    script("httpx", &["async_httpx.py"]),
    script(HTTPX_64, &["async_httpx.py", "64"]),
    script(PYREQWEST, &["async_pyreqwest.py"]),
];

const PYTHON: &[Measurement] = &[
    Measurement {
        name: "small",
        title: SMALL,
        call: "small",
        in_flight: 1,
        columns: Columns::Calls,
        contenders: PYTHON_CLIENTS,
        targets: &[
            times_as_fast(4.0, "httpx"),
            times_as_fast(6.0, "requests"),
            times_as_fast(1.0, "pycurl + orjson"),
            times_as_fast(1.0, PYREQWEST),
        ],
    },
    Measurement {
        name: "page",
        title: PAGE,
        call: "page",
        in_flight: 1,
        columns: Columns::Calls,
        contenders: PYTHON_CLIENTS,
        targets: &[
            times_as_fast(4.0, "httpx"),
            times_as_fast(6.0, "requests"),
            times_as_fast(1.0, "pycurl + orjson"),
            times_as_fast(1.2, PYREQWEST),
        ],
    },
    Measurement {
        name: "threads",
        title: "small response, 16 threads",
        call: "small",
        in_flight: 16,
        columns: Columns::Calls,
        contenders: &[
            script(OURS, &["sync_recallflow.py"]),
            script("httpx", &["sync_httpx.py"]),
            script("requests", &["sync_requests.py"]),
            script(PYREQWEST, &["sync_pyreqwest.py"]),
        ],
        targets: &[times_as_fast(20.0, "httpx")],
    },
    Measurement {
        name: "asyncio-small-64",
        title: "small response, asyncio, 64 in flight",
        call: "small",
        in_flight: 64,
        columns: Columns::Calls,
        contenders: ASYNCIO_CLIENTS,
        targets: &[times_as_fast(4.0, "aiohttp"), times_as_fast(30.0, HTTPX_64)],
    },
    Measurement {
        name: "asyncio-page-64",
        title: "page of 100 records, asyncio, 64 in flight",
        call: "page",
        in_flight: 64,
        columns: Columns::Calls,
        contenders: ASYNCIO_CLIENTS,
        targets: &[
            times_as_fast(1.5, "aiohttp + msgspec"),
            times_as_fast(30.0, HTTPX_64),
            times_as_fast(1.1, PYREQWEST),
        ],
    },
    Measurement {
        name: "decode",
        title: "decode a page of 100 records, 47 kB, and read every field",
        call: "decode",
        in_flight: 1,
        columns: Columns::Calls,
        contenders: &[
            script(OURS, &["decode.py", OURS]),
            script("msgspec", &["decode.py", "msgspec"]),
            script("orjson", &["decode.py", "orjson"]),
            script("json", &["decode.py", "json"]),
        ],
        targets: &[],
    },
    Measurement {
        name: "start",
        title: "start an interpreter and import",
        call: "start",
        in_flight: 1,
        columns: Columns::Start,
        contenders: &[
            start(BARE, "pass"),
            start(OURS, "import recallflow"),
            start("httpx", "import httpx"),
            start("requests", "import requests"),
            start("aiohttp", "import aiohttp"),
        ],
        targets: &[Target { quantity: Quantity::StartUp, beside: BARE, bound: 30.0 }],
    },
];

const NODE_CLIENTS: &[Contender] = &[
    script(OURS, &["recallflow.mjs"]),
    script("undici", &["undici.mjs"]),
    script("node:http", &["http.mjs"]),
    script("axios", &["axios.mjs"]),
    script("fetch", &["fetch.mjs"]),
];

const NODE: &[Measurement] = &[
    Measurement {
        name: "small",
        title: SMALL,
        call: "small",
        in_flight: 1,
        columns: Columns::Calls,
        contenders: NODE_CLIENTS,
        targets: &[times_as_fast(1.0, "undici")],
    },
    Measurement {
        name: "page",
        title: PAGE,
        call: "page",
        in_flight: 1,
        columns: Columns::Calls,
        contenders: NODE_CLIENTS,
        targets: &[times_as_fast(2.0, "undici")],
    },
    Measurement {
        name: "small-64",
        title: SMALL_64,
        call: "small",
        in_flight: 64,
        columns: Columns::Calls,
        contenders: NODE_CLIENTS,
        targets: &[times_as_fast(1.0, "undici"), times_as_fast(7.0, "fetch")],
    },
    Measurement {
        name: "page-64",
        title: PAGE_64,
        call: "page",
        in_flight: 64,
        columns: Columns::Calls,
        contenders: NODE_CLIENTS,
        targets: &[times_as_fast(2.5, "undici"), times_as_fast(10.0, "fetch"), times_as_fast(10.0, "axios")],
    },
    Measurement {
        name: "loop",
        title: "page of 100 records, one at a time: longest turn of the event loop",
        call: "loop",
        in_flight: 1,
        columns: Columns::Turn,
        contenders: NODE_CLIENTS,
        targets: &[],
    },
    Measurement {
        name: "loop-64",
        title: "page of 100 records, 64 in flight: longest turn of the event loop",
        call: "loop",
        in_flight: 64,
        columns: Columns::Turn,
        contenders: NODE_CLIENTS,
        targets: &[],
    },
    Measurement {
        name: "start",
        title: "start Node and require",
        call: "start",
        in_flight: 1,
        columns: Columns::Start,
        contenders: &[
            start(BARE, "0"),
            start(OURS, "require('../dist/index.js')"),
            start("undici", "require('undici')"),
            start("axios", "require('axios')"),
        ],
        targets: &[],
    },
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
