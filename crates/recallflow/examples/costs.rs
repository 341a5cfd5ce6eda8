//! Adds up the cost of all group calls in a time span, with the blocking client.
//!
//! Run with `RECALLFLOW_API_KEY`, `RECALLFLOW_API_SECRET` and `RECALLFLOW_BASE_URL` set:
//! `cargo run --example costs "2024-01-01 00:00:00" "2024-06-03 15:13:01"`.

use std::process::ExitCode;

use recallflow::{Error, GroupCallQuery, blocking, totals};

fn main() -> ExitCode {
    let times: Vec<String> = std::env::args().skip(1).collect();
    let [start, end] = times.as_slice() else {
        eprintln!("expected the start and the end of the span, such as \"2024-01-01 00:00:00\"");
        return ExitCode::FAILURE;
    };
    match print_costs(start, end) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn print_costs(start: &str, end: &str) -> Result<(), Error> {
    let client = blocking::Client::from_env()?;
    let mut pages = client.group_calls(GroupCallQuery::new(start.parse()?, end.parse()?));
    let tasks = pages.by_ref().collect::<Result<Vec<_>, _>>()?;
    let total = totals(&tasks).task_sum_pay_fee;
    for (currency, amount) in &total.amounts {
        println!("{amount} {}", currency.as_deref().unwrap_or("(no currency)"));
    }
    println!("{} tasks, {} fees that could not be parsed", tasks.len(), total.unreadable);
    if let Some(drift) = pages.drift() {
        println!("{drift}; read it again");
    }
    Ok(())
}
