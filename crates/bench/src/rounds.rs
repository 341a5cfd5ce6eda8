//! Runs contenders in turns, many short rounds, so that a noisy machine is as noisy for each of them.

use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

use crate::Failure;
use crate::options::Options;

/// How long a batch should take: long enough for the clocks, short enough for many rounds.
const BATCH: Duration = Duration::from_millis(40);

/// Something to measure: it does as many calls as it is told.
pub(crate) struct Contender<'a> {
    pub(crate) name: &'static str,
    batch: Box<dyn FnMut(usize) -> Result<(), Failure> + 'a>,
}

impl<'a> Contender<'a> {
    /// A contender that is handed the number of calls.
    pub(crate) fn new(name: &'static str, batch: impl FnMut(usize) -> Result<(), Failure> + 'a) -> Self {
        Self { name, batch: Box::new(batch) }
    }

    /// A contender that is called again and again; what it returns counts as used.
    pub(crate) fn repeat<T>(name: &'static str, mut call: impl FnMut() -> Result<T, Failure> + 'a) -> Self {
        Self::new(name, move |calls| {
            for _ in 0..calls {
                std::hint::black_box(call()?);
            }
            Ok(())
        })
    }

    fn time(&mut self, calls: usize) -> Result<Cost, Failure> {
        let (wall, cpu) = (Instant::now(), ProcessTime::now());
        (self.batch)(calls)?;
        Ok(Cost { wall: wall.elapsed(), cpu: cpu.elapsed() })
    }
}

/// What one batch took.
#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    cpu: Duration,
}

/// What a contender took for each call.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    /// Calls in a second.
    pub(crate) rate: f64,
    /// Nanoseconds of processor time of this process.
    pub(crate) cpu: f64,
    /// Processor time in proportion to that of the baseline in the same round; none if the baseline did not run.
    pub(crate) ratio: Option<Spread>,
}

/// A median, and the range in which the middle half lies.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

/// Measures all contenders beside the one that is named as the baseline. `step` is what a number of calls must be a
/// multiple of.
pub(crate) fn measure(
    mut contenders: Vec<Contender<'_>>,
    baseline: &str,
    step: usize,
    options: &Options,
) -> Result<Vec<Measured>, Failure> {
    if let Some(only) = &options.only {
        contenders.retain(|contender| contender.name == only);
    }
    let Some(first) = contenders.first_mut() else { return Ok(Vec::new()) };
    let calls = calibrate(first, step)?;
    for contender in &mut contenders {
        contender.time(calls)?;
    }

    let mut costs = vec![Vec::with_capacity(options.rounds); contenders.len()];
    for round in 0..options.rounds {
        // Each goes first as often as any other, because what ran before leaves the caches as it likes.
        for turn in 0..contenders.len() {
            let index = (round + turn) % contenders.len();
            costs[index].push(contenders[index].time(calls)?);
        }
    }
    let baseline = contenders.iter().position(|contender| contender.name == baseline);
    let summarize = |(contender, own): (&Contender<'_>, &Vec<Cost>)| Measured {
        name: contender.name,
        rate: spread(own.iter().map(|cost| per_call(calls, cost.wall).recip() * 1e9)).median,
        cpu: spread(own.iter().map(|cost| per_call(calls, cost.cpu))).median,
        ratio: baseline.map(|baseline| {
            spread(own.iter().zip(&costs[baseline]).map(|(own, base)| own.cpu.as_secs_f64() / base.cpu.as_secs_f64()))
        }),
    };
    Ok(contenders.iter().zip(&costs).map(summarize).collect())
}

/// How many calls a batch has.
fn calibrate(contender: &mut Contender<'_>, step: usize) -> Result<usize, Failure> {
    let mut calls = step;
    loop {
        let cost = contender.time(calls)?;
        if cost.wall >= BATCH {
            return Ok(calls);
        }
        calls *= 2;
    }
}

#[expect(clippy::cast_precision_loss, reason = "no batch has 2^53 calls")]
fn per_call(calls: usize, span: Duration) -> f64 {
    span.as_secs_f64() * 1e9 / calls as f64
}

fn spread(values: impl Iterator<Item = f64>) -> Spread {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let at = |quarters: usize| values[(values.len() - 1) * quarters / 4];
    Spread { low: at(1), median: at(2), high: at(3) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_the_middle_half() {
        let Spread { low, median, high } = spread([5.0, 1.0, 3.0, 2.0, 4.0].into_iter());
        assert!((low, median, high) == (2.0, 3.0, 4.0));
    }

    #[test]
    fn every_contender_is_measured_beside_the_baseline() {
        let options = Options { sections: Vec::new(), rounds: 2, only: None };
        let sleep = |name| {
            Contender::new(name, |calls| {
                std::thread::sleep(Duration::from_micros(calls as u64 * 100));
                Ok(())
            })
        };
        let measured = measure(vec![sleep("a"), sleep("b")], "b", 3, &options).unwrap();
        assert_eq!(measured.iter().map(|measured| measured.name).collect::<Vec<_>>(), ["a", "b"]);
        assert!(measured.iter().all(|measured| measured.ratio.is_some() && measured.rate < 10_000.0));
    }
}
