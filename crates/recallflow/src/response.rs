//! What is lenient: the answers of the service, read without ever failing for what is new, missing or odd.

pub(crate) mod coerce;
pub(crate) mod decode;
pub(crate) mod envelope;
pub(crate) mod extra;
pub(crate) mod limits;
pub(crate) mod mend;
pub(crate) mod write;
