//! The Rust program of a page in `docs/`, which `cargo xtask docs` extracts.

include!(env!("RECALLFLOW_DOCS_PROGRAM"));
