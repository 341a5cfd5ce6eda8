//! The rules of the requests and the reading of the responses, on arbitrary JSON.
//!
//! Three readings of the documents judge each other: the client, the JSON Schema of the sandbox, and an oracle that is
//! written by hand and shares nothing with the two.
//!
//! The cases are new in every run. `PROPTEST_CASES` sets how many there are, `PROPTEST_RNG_SEED` makes them the same
//! again. A failure prints the smallest JSON that shows it; what is worth keeping becomes a case of a table here, where
//! it can be read, so no seeds are kept.

mod agreement;
mod arbitrary;
mod breaking;
mod coverage;
mod decoding;
mod edges;
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
