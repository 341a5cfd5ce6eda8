//! Plays every row in every language, several at the same time.

use std::collections::VecDeque;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::driver::{Driver, DriverProgram};
use crate::protocol::{CallKind, DriverCall, DriverCommand};
use crate::row::{EditStage, FaultRow, PLAIN_KEY, PlayedFault, Stage};
use crate::secrets::Secrets;
use crate::stage::CaseSetup;
use crate::verdict::{PlayedCase, Problem, broken_rules};

/// Number of concurrent drivers of each language, which mostly wait.
const DRIVERS: usize = 3;

/// Number of attempts for a case that ends too late, because the machine may be busy.
const TRIES: usize = 3;

/// Deadline of calls without a fault.
const AMPLE_MS: u64 = 20_000;

/// The result of a row in one language.
pub(crate) struct CaseFinding {
    pub(crate) row: usize,
    pub(crate) operation: CallKind,
    /// Index of the language.
    pub(crate) language: usize,
    /// `None` if the driver failed.
    pub(crate) case: Option<PlayedCase>,
    pub(crate) problems: Vec<Problem>,
}

/// The cases left to play.
type CaseQueue = Mutex<VecDeque<(usize, CallKind)>>;

/// Plays all rows in all languages.
pub(crate) fn play(rows: &[FaultRow], programs: &[DriverProgram]) -> Vec<CaseFinding> {
    let mut order: Vec<_> =
        (0..rows.len()).flat_map(|row| rows[row].operations().iter().map(move |operation| (row, *operation))).collect();
    // Start with the rows that wait; others run meanwhile.
    order.sort_by_key(|(row, _)| !rows[*row].is_waiting());
    let queue = |program: &DriverProgram| {
        let cases = order.iter().filter(|(row, _)| rows[*row].is_played_in(&program.language));
        Mutex::new(cases.copied().collect())
    };
    let queues: Vec<CaseQueue> = programs.iter().map(queue).collect();
    let mut findings = thread::scope(|scope| {
        let workers: Vec<_> = (0..DRIVERS * programs.len())
            .map(|worker| {
                let language = worker % programs.len();
                let queue = &queues[language];
                scope.spawn(move || play_queue(rows, &programs[language], language, queue))
            })
            .collect();
        let done =
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        done.flatten().collect::<Vec<_>>()
    });
    // Replay cases that were only late, one at a time.
    for finding in &mut findings {
        for _ in 1..TRIES {
            if finding.problems.iter().any(|problem| matches!(problem, Problem::Late(_))) {
                *finding = play_alone(rows, &programs[finding.language], finding);
            }
        }
    }
    findings.sort_by_key(|finding| (finding.row, finding.operation.as_str(), finding.language));
    findings
        .chunk_by_mut(|one, other| (one.row, one.operation) == (other.row, other.operation))
        .for_each(|alike| compare_languages(alike, programs));
    findings
}

/// Checks that all languages observe the same.
fn compare_languages(findings: &mut [CaseFinding], programs: &[DriverProgram]) {
    let seen = |finding: &CaseFinding| finding.case.as_ref().map(|case| case.observed.outcome());
    let Some((first, others)) = findings.split_first_mut() else { return };
    for other in others {
        if seen(first) != seen(other) {
            let there = seen(first).unwrap_or_else(|| "nothing".to_owned());
            other.problems.push(Problem::Wrong(format!("{} sees {there}", programs[first.language].language)));
        }
    }
}

/// Plays cases until the queue is empty.
fn play_queue(rows: &[FaultRow], program: &DriverProgram, language: usize, queue: &CaseQueue) -> Vec<CaseFinding> {
    let mut worker = Worker { program, driver: None, secrets: Secrets::of_requests(&[]) };
    let mut findings = Vec::new();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some((row, operation)) = next else { break };
        findings.push(worker.play(rows, CaseKey { row, operation, language }));
    }
    if let (Some(last), Err(error)) = (findings.last_mut(), worker.end()) {
        last.problems.push(Problem::Wrong(error));
    }
    findings
}

fn play_alone(rows: &[FaultRow], program: &DriverProgram, finding: &CaseFinding) -> CaseFinding {
    let CaseFinding { row, operation, language, .. } = *finding;
    let mut worker = Worker { program, driver: None, secrets: Secrets::of_requests(&[]) };
    let mut again = worker.play(rows, CaseKey { row, operation, language });
    again.problems.extend(worker.end().err().map(Problem::Wrong));
    again
}

#[derive(Clone, Copy)]
struct CaseKey {
    row: usize,
    operation: CallKind,
    language: usize,
}

/// Plays cases with one driver, and replaces the driver after a failure.
struct Worker<'p> {
    program: &'p DriverProgram,
    driver: Option<Driver>,
    /// The secrets that the current driver has used.
    secrets: Secrets,
}

impl Worker<'_> {
    fn play(&mut self, rows: &[FaultRow], place: CaseKey) -> CaseFinding {
        let CaseKey { row: index, operation, language } = place;
        let row = &rows[index];
        let mut problems_before = Vec::new();
        if row.is_large || row.needs_process() {
            problems_before.extend(self.end().err().map(Problem::Wrong));
        }
        let played = self.play_row(row, operation);
        let (case, mut found) = match played {
            Ok(case) => {
                let found = broken_rules(row, operation, &case);
                (Some(case), found)
            }
            Err(error) => {
                // A driver that failed is not used again.
                let ended = self.driver.take().and_then(|driver| driver.end().err());
                let why = ended.map(|ended| format!(": {ended}")).unwrap_or_default();
                (None, vec![Problem::Wrong(format!("{error}{why}"))])
            }
        };
        if row.needs_process() {
            found.extend(self.end().err().map(Problem::Wrong));
        }
        found.extend(problems_before);
        CaseFinding { row: index, operation, language, case, problems: found }
    }

    fn play_row(&mut self, row: &FaultRow, operation: CallKind) -> io::Result<PlayedCase> {
        let mut set = CaseSetup::new(row)?;
        let driver = match &mut self.driver {
            Some(driver) => driver,
            none => none.insert(self.program.start(&set.environment(), matches!(row.stage, Stage::NoThread))?),
        };
        driver.send_command(&DriverCommand::Open(set.client_options()))?;
        let call = |operation, key_id, timeout_ms| DriverCall {
            operation,
            key_id,
            timeout_ms,
            at_once: 1,
            upload: 0,
            is_aborted: false,
            verify: false,
        };
        let plain = DriverCommand::Call(call(CallKind::Query, PLAIN_KEY, AMPLE_MS));
        if matches!(row.stage, Stage::Requests(PlayedFault { reused: true, .. })) {
            driver.send_command(&plain)?;
        }
        let timeout_ms = u64::try_from(row.timeout.as_millis()).unwrap_or(u64::MAX);
        let call = call(operation, row.key_id(), timeout_ms);
        let FaultRow { at_once, upload, aborted_in, .. } = *row;
        let verify = matches!(row.stage, Stage::Edit(EditStage { verify: true, .. }));
        let faulty = DriverCall { at_once, upload, is_aborted: aborted_in.is_some(), verify, ..call };
        if operation == CallKind::Edit {
            driver.send_command(&DriverCommand::BeginEdit(faulty))?;
        }
        set.begin_fault(row);
        let faulty = DriverCommand::Call(faulty);
        let limit = match row.stage {
            Stage::Descriptors(number) => Some(("--nofile", number)),
            Stage::NoThread => Some(("--nproc", 0)),
            _ => None,
        };
        let observed = if let Some((resource, number)) = limit {
            let previous = driver.set_limit(resource, &number.to_string())?;
            let observed = driver.send_command(&faulty);
            driver.set_limit(resource, &previous)?;
            observed?
        } else {
            driver.send_command(&faulty)?
        };
        let (requests, flow) = (set.requests(), set.flow(row.key_id()));
        set.end_fault(row)?;
        let next = driver.send_command(&plain)?;
        let mut secrets = Secrets::of_requests(&requests);
        secrets.extend(Secrets::of_requests(&set.requests()));
        self.secrets.extend(secrets.clone());
        Ok(PlayedCase { observed, requests, flow, next, secrets })
    }

    /// Ends the driver and checks that it printed no secret.
    fn end(&mut self) -> Result<(), String> {
        let Some(driver) = self.driver.take() else { return Ok(()) };
        let errors = driver.end().map_err(|error| error.to_string())?;
        let shown = std::mem::replace(&mut self.secrets, Secrets::of_requests(&[])).shown_in([&errors]);
        if shown.is_empty() { Ok(()) } else { Err(shown.join("; ")) }
    }
}
