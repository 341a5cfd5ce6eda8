//! The tables, and whether the targets of the project hold.

use crate::plan::{Columns, Measurement, OURS, Quantity, Target};
use crate::rounds::{Cost, Measured, Spread};

/// A target with its measured figure.
pub(crate) struct Verdict {
    title: &'static str,
    target: &'static Target,
    measured: f64,
}

/// Prints the table of a measurement. Its ratios compare the first contender with that of the line.
pub(crate) fn print(measurement: &Measurement, rows: &[Measured]) {
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
                let (faster, cheaper) = (show(first.beside(row, faster), 1.0), show(first.beside(row, cheaper), 1.0));
                println!("  {:36}{rate:>11.0}{:>12}{memory:>8}   {faster:26}{cheaper}", row.name, short(cpu));
            }
        }
        Columns::Turn => {
            println!("{:38}{:>24}", "", "ms");
            for row in rows {
                println!("  {:36}{:>24}", row.name, show(row.spread(|cost| cost.turn), 1e3));
            }
        }
        Columns::Start => {
            println!("{:38}{:>24}", "", format!("ms beyond {}", first.name));
            for row in &rows[1..] {
                println!("  {:36}{:>24}", row.name, show(row.beside(first, longer), 1e3));
            }
        }
    }
}

/// Judges the targets of a measurement whose contenders ran.
pub(crate) fn verdicts(measurement: &Measurement, rows: &[Measured]) -> Vec<Verdict> {
    let row = |name: &str| rows.iter().find(|row| row.name == name);
    let judge = |target: &'static Target| {
        let (ours, other) = (row(OURS), row(target.beside)?);
        let measured = match target.quantity {
            Quantity::Rate => ours?.beside(other, faster)?.median,
            Quantity::Cpu => ours?.beside(other, cheaper)?.median,
            Quantity::Nanoseconds => other.spread(|cost| Some(cost.cpu))?.median * 1e9,
            Quantity::StartUp => ours?.beside(other, longer)?.median * 1e3,
        };
        Some(Verdict { title: measurement.title, target, measured })
    };
    measurement.targets.iter().filter_map(judge).collect()
}

/// Prints which targets hold.
pub(crate) fn print_verdicts(verdicts: &[Verdict]) {
    if !verdicts.is_empty() {
        println!("\ntargets");
    }
    for Verdict { title, target: Target { quantity, beside, bound }, measured } in verdicts {
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

fn faster(own: &Cost, other: &Cost) -> f64 {
    other.wall / own.wall
}

fn cheaper(own: &Cost, other: &Cost) -> f64 {
    own.cpu / other.cpu
}

fn longer(own: &Cost, other: &Cost) -> f64 {
    own.wall - other.wall
}

/// Shows the median, and the range of the middle half.
fn show(spread: Option<Spread>, scale: f64) -> String {
    let Some(Spread { low, median, high }) = spread else { return "-".to_owned() };
    let digits = if median * scale < 100.0 { 2 } else { 0 };
    format!("{:.digits$} ({:.digits$} to {:.digits$})", median * scale, low * scale, high * scale)
}

/// Shows seconds in a unit of three or more digits.
fn short(seconds: f64) -> String {
    if seconds < 1e-5 { format!("{:.0} ns", seconds * 1e9) } else { format!("{:.1} µs", seconds * 1e6) }
}
