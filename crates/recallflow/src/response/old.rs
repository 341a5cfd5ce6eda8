//! The decoder that the reader replaces, kept as its oracle.
#![allow(dead_code, unused_imports)]

pub(crate) mod coerce;
pub(crate) mod decode;
pub(crate) mod envelope;
pub(crate) mod gather;
pub(crate) mod limits;
pub(crate) mod mend;

mod oracle;
