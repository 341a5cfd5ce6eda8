//! Writes the table of outcomes as Markdown.
//!
//! Times and sizes are rounded up to bounds, because the page should change only if an outcome does.

use std::fmt::Write as _;

use crate::catalogue::TableSection;
use crate::protocol::CallKind;
use crate::row::{FaultRow, PlayedFault, Stage};
use crate::runner::CaseFinding;
use crate::verdict::Problem;

const HEAD: &str = "\
<!-- Written by `cargo xtask faults`. Do not edit. -->

# The outcome of every fault

Each row is a fault that the sandbox plays on every attempt of one call, unless the name says *once*. A `keyId` in the row plays
the same fault for every client. Each fault is played in every language, for a query and for an update. The faults of a safe edit
begin after the flow was read for the first time, and each of its calls has its own deadline. A wait ends when it reads that the
flow is pending, and its reads are not retried one by one. A row passes only if

- the call ends within its deadline plus 200 ms; *ends* is the longest time, and the deadline of the call;
- the error is one of the library's classes and the one in the row (← its cause), in all languages; an aborted query in Node
  rejects with the reason of its signal;
- a success is true: the query returns the flow that the service has, and the update or the edit changed it; after an error of
  an edit with a known outcome, it did not;
- the server received the number of *requests* in the row, and an update at most once, unless it provably was not processed;
- the process grows by less than 32 MiB; *grows* is the largest growth;
- the next call of the same client succeeds after the fault is over;
- the API key, the secret and signatures are not in the texts, fields, sources, traces and copies of the error, in logs of any
  level, or in the output of the process.

One promise holds over TLS only, which every call to the service uses. Over plain HTTP (a loopback address, or
`dangerously_allow_http`), a server can flood a call with interim responses, or with zeros before a chunk size, faster than
they can be read. It can then hold the call beyond its deadline for as long as hyper reads in one poll. That is up to 25 times
as much data as over TLS.

";

/// Returns the page. The findings are in the order of the rows.
pub(crate) fn render_page(sections: &[TableSection], languages: &[String], findings: &[CaseFinding]) -> String {
    let mut page = HEAD.to_owned();
    let rows: usize = sections.iter().map(|section| section.rows.len()).sum();
    let failing = findings.iter().filter(|finding| !finding.problems.is_empty()).count();
    push_line(&mut page, &format!("{rows} faults in {}; {failing} failing.\n", languages.join(", ")));
    let mut first = 0;
    for section in sections {
        push_line(&mut page, &format!("## {}\n", section.title));
        push_line(
            &mut page,
            &format!("| fault | `keyId` | | outcome | requests | ends | grows | {} |", languages.join(" | ")),
        );
        push_line(&mut page, &format!("|---|---|---|---|---|---|---|{}", "---|".repeat(languages.len())));
        for (index, row) in section.rows.iter().enumerate() {
            for &operation in row.operations() {
                let of_row = |finding: &&CaseFinding| finding.row == first + index && finding.operation == operation;
                let found: Vec<_> = findings.iter().filter(of_row).collect();
                if !found.is_empty() {
                    push_line(&mut page, &table_row(row, operation, &found, languages.len()));
                }
            }
        }
        page.push('\n');
        first += section.rows.len();
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// Returns one line for each problem.
pub(crate) fn list_complaints(rows: &[FaultRow], languages: &[String], findings: &[CaseFinding]) -> Vec<String> {
    let complain = |finding: &CaseFinding| {
        let place =
            format!("{}, {}, {}", rows[finding.row].name, finding.operation.as_str(), languages[finding.language]);
        finding.problems.iter().map(move |problem| format!("{place}: {}", problem_text(problem))).collect::<Vec<_>>()
    };
    findings.iter().flat_map(complain).collect()
}

fn problem_text(problem: &Problem) -> &str {
    match problem {
        Problem::Late(text) | Problem::Wrong(text) => text,
    }
}

fn table_row(row: &FaultRow, operation: CallKind, found: &[&CaseFinding], languages: usize) -> String {
    let key = match &row.stage {
        Stage::Requests(PlayedFault { key: Some(key), .. }) => key.to_string(),
        _ => String::new(),
    };
    let cases: Vec<_> = found.iter().filter_map(|finding| finding.case.as_ref()).collect();
    let slowest = cases.iter().map(|case| case.observed.milliseconds).fold(0.0, f64::max);
    let growth = cases.iter().filter_map(|case| case.observed.memory_growth).max();
    let mark = |language| match found.iter().find(|finding| finding.language == language) {
        Some(finding) if finding.problems.is_empty() => "✓",
        Some(_) => "✗",
        None => "",
    };
    let name = row.name.replace('|', "\\|");
    format!(
        "| {name} | {key} | {} | {} | {} | {} | {} | {} |",
        operation.as_str(),
        distinct_values(cases.iter().map(|case| case.observed.outcome())),
        distinct_values(cases.iter().map(|case| case.requests.len().to_string())),
        end_time(slowest, row),
        growth.map(growth_text).unwrap_or_default(),
        (0..languages).map(mark).collect::<Vec<_>>().join(" | "),
    )
}

/// Returns the common value, or all distinct ones.
fn distinct_values(values: impl Iterator<Item = String>) -> String {
    let mut values: Vec<_> = values.collect();
    values.dedup();
    values.join(", ")
}

fn end_time(milliseconds: f64, row: &FaultRow) -> String {
    let seconds = milliseconds / 1e3;
    let deadline = row.timeout.as_secs_f64();
    if row.is_waiting() {
        return format!("by the deadline, {deadline} s");
    }
    let bound = [5.0, 10.0].into_iter().find(|bound| seconds < *bound).unwrap_or(deadline);
    format!("< {bound} of {deadline} s")
}

fn growth_text(bytes: u64) -> String {
    let bound = [16, 32, 64, 128].into_iter().find(|bound| bytes < bound << 20);
    bound.map_or_else(|| format!("{} MiB", bytes >> 20), |bound| format!("< {bound} MiB"))
}

fn push_line(page: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(page, "{text}");
}
