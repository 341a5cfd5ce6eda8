//! The vectors that only the crate itself can play: signing, retries, waits and the clock.

mod clock;
mod retry;
mod retry_after;
mod signing;
