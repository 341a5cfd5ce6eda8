//! How long starting a program takes.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::process::run_quietly;

/// How often each program is started; the fastest counts.
const TIMINGS: usize = 7;

/// How many milliseconds a program takes beyond another one.
pub(super) fn beyond(bare: impl Fn() -> Command, program: impl Fn() -> Command) -> Result<f64, String> {
    let fastest = |start: &dyn Fn() -> Command| -> Result<Duration, String> {
        let mut fastest = Duration::MAX;
        for _ in 0..TIMINGS {
            let started = Instant::now();
            run_quietly(&mut start())?;
            fastest = fastest.min(started.elapsed());
        }
        Ok(fastest)
    };
    let bare = fastest(&bare)?;
    Ok((fastest(&program)?.as_secs_f64() - bare.as_secs_f64()) * 1e3)
}
