//! How a list changed while its pages were read.

use std::fmt;

use serde::Serialize;

/// How a list changed while it was being read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Drift {
    /// Number of items that the service announced first.
    pub total_at_start: Option<i64>,
    /// Number of items that the service announced when a change was last noticed.
    pub total_at_end: Option<i64>,
    /// Number of different items that were read.
    pub read: usize,
    /// Number of repeated items that were skipped.
    pub repeated: usize,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the list changed while it was being read, so items may be missing")?;
        match (self.total_at_start, self.total_at_end) {
            (Some(start), Some(end)) if start != end => {
                write!(f, ": {start} items were announced at first and {end} later, ")?;
            }
            (Some(total), _) | (None, Some(total)) => write!(f, ": {total} items were announced, ")?,
            (None, None) => f.write_str(": ")?,
        }
        write!(f, "{} were read", self.read)?;
        if self.repeated > 0 {
            write!(f, "; repeated items skipped: {}", self.repeated)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drift_displays_the_known_numbers() {
        let text = |total_at_start, total_at_end, repeated| {
            let drift = Drift { total_at_start, total_at_end, read: 100, repeated };
            let text = drift.to_string();
            text.strip_prefix("the list changed while it was being read, so items may be missing: ").unwrap().to_owned()
        };
        assert_eq!(text(None, None, 0), "100 were read");
        assert_eq!(text(Some(574), Some(574), 0), "574 items were announced, 100 were read");
        assert_eq!(
            text(Some(4), Some(5), 1),
            "4 items were announced at first and 5 later, 100 were read; repeated items skipped: 1"
        );
    }
}
