//! The tables, and whether the project's targets hold.

use crate::rounds::Measured;

/// A bound that the project has set itself.
pub(crate) struct Target {
    pub(crate) what: String,
    pub(crate) measured: f64,
    pub(crate) bound: Bound,
    pub(crate) unit: &'static str,
}

/// How far a target reaches.
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    AtMost(f64),
    Below(f64),
}

impl Target {
    fn holds(&self) -> bool {
        match self.bound {
            Bound::AtMost(bound) => self.measured <= bound,
            Bound::Below(bound) => self.measured < bound,
        }
    }
}

/// Prints requests: their rate, and what they cost this process.
pub(crate) fn print_requests(title: &str, rows: &[Measured]) {
    println!("\n{title}\n{:34}{:>12}{:>14}   CPU beside {}", "", "requests/s", "CPU µs each", crate::http::BASELINE);
    for row in rows {
        println!("  {:32}{:>12.0}{:>14.2}   {}", row.name, row.rate, row.cpu / 1e3, ratio(row));
    }
}

/// Prints plain calculation.
pub(crate) fn print_calls(title: &str, baseline: &str, rows: &[Measured]) {
    println!("\n{title}\n{:34}{:>14}   beside {baseline}", "", "CPU each");
    for row in rows {
        let time = if row.cpu < 10_000.0 { format!("{:.0} ns", row.cpu) } else { format!("{:.1} µs", row.cpu / 1e3) };
        println!("  {:32}{time:>14}   {}", row.name, ratio(row));
    }
}

/// Prints which targets hold.
pub(crate) fn print_targets(targets: &[Target]) {
    if targets.is_empty() {
        return;
    }
    println!("\ntargets");
    for target in targets {
        let verdict = if target.holds() { "holds " } else { "missed" };
        let (sign, bound) = match target.bound {
            Bound::AtMost(bound) => ("at most", bound),
            Bound::Below(bound) => ("below", bound),
        };
        let Target { what, measured, unit, .. } = target;
        let digits = if unit.is_empty() { 3 } else { 0 };
        println!("  {verdict}  {what}: {measured:.digits$}{unit}, {sign} {bound:.digits$}{unit}");
    }
}

fn ratio(row: &Measured) -> String {
    row.ratio
        .map_or_else(|| "-".to_owned(), |ratio| format!("{:.2} ({:.2} to {:.2})", ratio.median, ratio.low, ratio.high))
}
