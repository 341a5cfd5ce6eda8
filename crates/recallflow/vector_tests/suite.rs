//! Tests of private items with the shared vectors: signing, the clock, and the retry policy.

mod classes;
mod clock;
mod retry;
mod retry_after;
mod signing;
