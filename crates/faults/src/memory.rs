//! Measures how much this process grows during an action, on Linux.

use std::fs;

/// A running measurement.
pub(crate) struct Growth {
    before: Option<u64>,
}

impl Growth {
    /// Resets the peak memory and starts a measurement.
    pub(crate) fn start() -> Self {
        // 5 resets the peak of the resident memory.
        let reset = fs::write("/proc/self/clear_refs", "5");
        Self { before: reset.ok().and_then(|()| status_value("VmRSS:")) }
    }

    /// Returns the peak growth in bytes; `None` if the system does not report it.
    pub(crate) fn peak_bytes(&self) -> Option<u64> {
        Some(status_value("VmHWM:")?.saturating_sub(self.before?))
    }
}

/// Returns a value of `/proc/self/status` in bytes.
fn status_value(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}
