//! By how much this process grows while something is done, as Linux tells it.

use std::fs;

/// The beginning of a measurement.
pub(crate) struct Growth {
    before: Option<u64>,
}

impl Growth {
    /// Forgets what the process once needed most.
    pub(crate) fn start() -> Self {
        // The value that resets the high-water mark of the resident memory.
        let reset = fs::write("/proc/self/clear_refs", "5");
        Self { before: reset.ok().and_then(|()| status("VmRSS:")) }
    }

    /// Bytes that the process had more at its largest than at the start; none where nobody tells.
    pub(crate) fn bytes(&self) -> Option<u64> {
        Some(status("VmHWM:")?.saturating_sub(self.before?))
    }
}

/// A line of the process's status, which is in KiB.
fn status(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}
