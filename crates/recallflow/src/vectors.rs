//! The vectors that only the crate itself can play: signing, the clock, and everything about repeating.

mod classes;
mod clock;
mod retry;
mod retry_after;
mod signing;
