//! The tables, and whether the targets of the project hold.

use crate::plan::{Columns, Measurement, OURS, Quantity, SpeedTarget};
use crate::rounds::{Cost, Measured, Spread};

/// A target with its measured figure.
pub(crate) struct Verdict {
    title: &'static str,
    target: &'static SpeedTarget,
    measured: f64,
}

/// Prints the table of a measurement. Its ratios compare the first contender with that of the line.
pub(crate) fn print_table(measurement: &Measurement, rows: &[Measured]) {
    let Some(first) = rows.first() else { return };
    println!("\n{}", measurement.title);
    match measurement.columns {
        Columns::Calls => {
            println!("{:38}{:>11}{:>12}{:>8}   {:26}CPU ratio", "", "calls/s", "CPU each", "MB", "times as fast");
            for row in rows {
                let rate = row.spread(|cost| Some(cost.wall.recip())).map_or(0.0, |rate| rate.median);
                let cpu = row.spread(|cost| Some(cost.cpu)).map_or(0.0, |cpu| cpu.median);
                let memory = row.spread(|cost| cost.memory);
                let memory = memory.map_or("-".to_owned(), |memory| format!("{:.1}", memory.high * 1024.0 / 1e6));
                let (faster, cheaper) = (
                    show_spread(first.compare_rounds(row, rate_ratio), 1.0),
                    show_spread(first.compare_rounds(row, cpu_ratio), 1.0),
                );
                println!("  {:36}{rate:>11.0}{:>12}{memory:>8}   {faster:26}{cheaper}", row.name, show_seconds(cpu));
            }
        }
        Columns::Turn => {
            println!("{:38}{:>24}", "", "ms");
            for row in rows {
                println!("  {:36}{:>24}", row.name, show_spread(row.spread(|cost| cost.turn), 1e3));
            }
        }
        Columns::Start => {
            println!("{:38}{:>24}", "", format!("ms beyond {}", first.name));
            for row in &rows[1..] {
                println!("  {:36}{:>24}", row.name, show_spread(row.compare_rounds(first, added_time), 1e3));
            }
        }
    }
}

/// Checks the targets of a measurement whose contenders ran.
pub(crate) fn check_targets(measurement: &Measurement, rows: &[Measured]) -> Vec<Verdict> {
    let row = |name: &str| rows.iter().find(|row| row.name == name);
    let check = |target: &'static SpeedTarget| {
        let (ours, other) = (row(OURS), row(target.beside)?);
        let measured = match target.quantity {
            Quantity::Rate => ours?.compare_rounds(other, rate_ratio)?.median,
            Quantity::Cpu => ours?.compare_rounds(other, cpu_ratio)?.median,
            Quantity::Nanoseconds => other.spread(|cost| Some(cost.cpu))?.median * 1e9,
            Quantity::StartUp => ours?.compare_rounds(other, added_time)?.median * 1e3,
        };
        Some(Verdict { title: measurement.title, target, measured })
    };
    measurement.targets.iter().filter_map(check).collect()
}

/// Prints which targets hold.
pub(crate) fn print_verdicts(verdicts: &[Verdict]) {
    if !verdicts.is_empty() {
        println!("\ntargets");
    }
    for Verdict { title, target: SpeedTarget { quantity, beside, bound }, measured } in verdicts {
        let holds = if matches!(quantity, Quantity::Rate) { measured >= bound } else { measured <= bound };
        let holds = if holds { "holds " } else { "missed" };
        match quantity {
            Quantity::Rate => println!("  {holds}  {title}: {measured:.2} × {beside}, at least {bound}"),
            Quantity::Cpu => println!("  {holds}  {title}: CPU {measured:.3} × {beside}, at most {bound}"),
            Quantity::Nanoseconds => println!("  {holds}  {title}: {beside}: {measured:.0} ns, at most {bound} ns"),
            Quantity::StartUp => println!("  {holds}  {title}: {measured:.1} ms beyond {beside}, at most {bound} ms"),
        }
    }
}

fn rate_ratio(own: &Cost, other: &Cost) -> f64 {
    other.wall / own.wall
}

fn cpu_ratio(own: &Cost, other: &Cost) -> f64 {
    own.cpu / other.cpu
}

fn added_time(own: &Cost, other: &Cost) -> f64 {
    own.wall - other.wall
}

/// Shows the median, and the range of the middle half.
fn show_spread(spread: Option<Spread>, scale: f64) -> String {
    let Some(Spread { low, median, high }) = spread else { return "-".to_owned() };
    let digits = if median * scale < 100.0 { 2 } else { 0 };
    format!("{:.digits$} ({:.digits$} to {:.digits$})", median * scale, low * scale, high * scale)
}

/// Shows seconds in a unit of three or more digits.
fn show_seconds(seconds: f64) -> String {
    if seconds < 1e-5 { format!("{:.0} ns", seconds * 1e9) } else { format!("{:.1} µs", seconds * 1e6) }
}
