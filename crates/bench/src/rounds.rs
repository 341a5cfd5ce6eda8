//! Runs contenders in turns, in many short rounds. Noise of the machine affects each of them alike.

use std::collections::BTreeMap;

use crate::BenchError;
use crate::plan::Effort;

/// A contender that is ready to run.
pub(crate) struct Entrant<'a> {
    pub(crate) name: &'static str,
    /// Makes a number of calls.
    pub(crate) batch: Box<dyn FnMut(usize) -> Result<BatchReply, BenchError> + 'a>,
}

/// The reply of a contender.
pub(crate) enum BatchReply {
    Cost(Cost),
    /// The contender cannot run here, for this reason.
    LeftOut(String),
}

/// The cost of a batch in seconds; after [`measure_rounds`], that of one of its calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) wall: f64,
    /// Processor time of the contender in all its threads.
    pub(crate) cpu: f64,
    /// The longest turn of the event loop in the batch.
    pub(crate) turn: Option<f64>,
    /// The largest memory of the process so far, in kibibytes.
    pub(crate) memory: Option<f64>,
}

/// The costs of a contender by round.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    costs: BTreeMap<usize, Cost>,
}

/// A median, and the range of the middle half of the values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Measured {
    /// Returns the spread of a figure over all rounds.
    pub(crate) fn spread(&self, figure: impl Fn(&Cost) -> Option<f64>) -> Option<Spread> {
        spread_of(self.costs.values().filter_map(figure))
    }

    /// Returns the spread of a comparison, made in each round that both contenders ran in.
    pub(crate) fn compare_rounds(&self, other: &Self, compare: impl Fn(&Cost, &Cost) -> f64) -> Option<Spread> {
        spread_of(self.costs.iter().filter_map(|(round, own)| Some(compare(own, other.costs.get(round)?))))
    }
}

/// A contender with the size of its batches.
struct Runner<'a> {
    entrant: Entrant<'a>,
    calls: usize,
    /// The contender runs in one of so many rounds.
    every: usize,
    costs: BTreeMap<usize, Cost>,
}

/// Measures contenders. The calls of a batch are a multiple of `step`.
pub(crate) fn measure_rounds(
    entrants: Vec<Entrant<'_>>,
    step: usize,
    effort: &Effort,
) -> Result<Vec<Measured>, BenchError> {
    let mut runners = Vec::new();
    for entrant in entrants {
        runners.extend(calibrate(entrant, step, effort)?);
    }
    for round in 0..effort.rounds {
        // Each contender goes first as often as any other, because the one before it has filled the caches.
        for turn in 0..runners.len() {
            let count = runners.len();
            let runner = &mut runners[(round + turn) % count];
            if round % runner.every == 0 {
                let cost = measure_batch(&mut runner.entrant, runner.calls)?;
                runner.costs.insert(round, cost.ok_or("a contender gave up between rounds")?);
            }
        }
    }
    Ok(runners.into_iter().map(|runner| Measured { name: runner.entrant.name, costs: runner.costs }).collect())
}

/// Finds the number of calls that take as long as a batch should. The first calls open connections and do not count.
fn calibrate<'a>(mut entrant: Entrant<'a>, step: usize, effort: &Effort) -> Result<Option<Runner<'a>>, BenchError> {
    let batch = effort.batch.as_secs_f64();
    let (mut calls, mut spent) = (step, 0.0);
    if measure_batch(&mut entrant, calls)?.is_none() {
        return Ok(None);
    }
    loop {
        let wall = measure_batch(&mut entrant, calls)?.ok_or("a contender gave up")?.wall * to_float(calls);
        spent += wall;
        if wall < batch {
            calls *= 2;
        } else if spent >= effort.warm_up.as_secs_f64() {
            // A contender whose smallest batch is long skips rounds.
            let every = if calls == step { to_count(wall / batch / 2.0) } else { 1 };
            let calls = to_count(to_float(calls / step) * batch / wall) * step;
            return Ok(Some(Runner { entrant, calls, every, costs: BTreeMap::new() }));
        }
    }
}

/// Runs a batch, and returns the cost of a call. Returns `None` if the contender cannot run here.
fn measure_batch(entrant: &mut Entrant<'_>, calls: usize) -> Result<Option<Cost>, BenchError> {
    match (entrant.batch)(calls)? {
        BatchReply::Cost(cost) => {
            Ok(Some(Cost { wall: cost.wall / to_float(calls), cpu: cost.cpu / to_float(calls), ..cost }))
        }
        BatchReply::LeftOut(reason) => {
            println!("\n{} is left out: {reason}", entrant.name);
            Ok(None)
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "no batch has 2^53 calls")]
fn to_float(count: usize) -> f64 {
    count as f64
}

/// Rounds to a count of at least 1.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no batch has 2^53 calls")]
fn to_count(value: f64) -> usize {
    value.round().max(1.0) as usize
}

fn spread_of(values: impl Iterator<Item = f64>) -> Option<Spread> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let at = |quarters: usize| values[last * quarters / 4];
    Some(Spread { low: at(1), median: at(2), high: at(3) })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn effort(rounds: usize, warm_up: u64) -> Effort {
        Effort { rounds, batch: Duration::from_secs(1), warm_up: Duration::from_secs(warm_up) }
    }

    /// A contender whose call takes a number of seconds, by a clock of its own.
    fn fake_entrant<'a>(name: &'static str, seconds: f64, made: &'a mut Vec<usize>) -> Entrant<'a> {
        let batch = move |calls| {
            made.push(calls);
            let wall = seconds * to_float(calls);
            Ok(BatchReply::Cost(Cost { wall, cpu: wall / 2.0, turn: None, memory: None }))
        };
        Entrant { name, batch: Box::new(batch) }
    }

    #[test]
    fn the_spread_is_the_median_and_the_middle_half() {
        let values = [5.0, 1.0, 3.0, 2.0, 4.0];
        assert_eq!(spread_of(values.into_iter()), Some(Spread { low: 2.0, median: 3.0, high: 4.0 }));
        assert_eq!(spread_of([].into_iter()), None);
    }

    #[test]
    fn costs_are_compared_call_by_call_and_round_by_round() {
        let (mut fast, mut slow) = (Vec::new(), Vec::new());
        let entrants = vec![fake_entrant("fast", 0.125, &mut fast), fake_entrant("slow", 0.25, &mut slow)];
        let measured = measure_rounds(entrants, 1, &effort(3, 0)).unwrap();
        assert_eq!(measured.iter().map(|one| one.name).collect::<Vec<_>>(), ["fast", "slow"]);
        let ratio = measured[0].compare_rounds(&measured[1], |own, other| own.cpu / other.cpu).unwrap();
        assert_eq!(ratio, Spread { low: 0.5, median: 0.5, high: 0.5 });
        drop(measured);
        // One call to connect, a growing number until a batch is long enough, and three rounds.
        assert_eq!(fast, [1, 1, 2, 4, 8, 8, 8, 8]);
        assert_eq!(slow, [1, 1, 2, 4, 4, 4, 4]);
    }

    #[test]
    fn a_batch_is_a_multiple_of_the_step_and_a_slow_contender_skips_rounds() {
        let (mut slow, mut warm) = (Vec::new(), Vec::new());
        let entrants = vec![fake_entrant("slow", 2.0, &mut slow), fake_entrant("warm", 0.25, &mut warm)];
        let measured = measure_rounds(entrants, 2, &effort(4, 3)).unwrap();
        assert_eq!(measured[0].costs.keys().copied().collect::<Vec<_>>(), [0, 2]);
        drop(measured);
        assert_eq!(slow, [2; 4]);
        // Batches of a second until three seconds have passed, after half a second of connecting and one of too few calls.
        assert_eq!(warm, [2, 2, 4, 4, 4, 4, 4, 4, 4]);
    }

    #[test]
    fn a_contender_that_cannot_run_here_is_left_out() {
        let batch = |_| Ok(BatchReply::LeftOut("needs a newer Python".to_owned()));
        let measured = measure_rounds(vec![Entrant { name: "a", batch: Box::new(batch) }], 1, &effort(1, 0)).unwrap();
        assert!(measured.is_empty());
    }
}
