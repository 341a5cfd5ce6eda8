//! Property tests of request rules and response reading on arbitrary JSON.
//!
//! Three implementations of the documents check each other: the client, the JSON Schema of the sandbox, and an oracle that
//! is written by hand and shares no code with them.
//!
//! Every run has new cases. `PROPTEST_CASES` sets their number, and `PROPTEST_RNG_SEED` repeats a run. A failure prints the
//! smallest JSON that shows it. Add it to a table here instead of keeping its seed.

mod agreement;
mod arbitrary;
mod batch;
mod breaking;
mod coverage;
mod decoding;
mod edges;
mod extra;
mod json;
mod mistake;
mod odd;
mod oracle;
mod response_oracle;
mod round_trip;
mod subject;
mod typed;
mod updating;
mod warnings;
