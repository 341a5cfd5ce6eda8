//! Whole calls: sign, encode, send, receive, decode.

use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::Failure;
use crate::clients::{Answer, Api, bare, ours, usual};
use crate::options::Options;
use crate::report::{self, Bound, Target};
use crate::rounds::{self, Contender};
use crate::server::Server;

/// What the others are compared with.
pub(crate) const BASELINE: &str = "reqwest + serde_json";
const OURS: &str = "recallflow";

/// What is called, and how often at the same time.
#[derive(Clone, Copy)]
struct Load {
    title: &'static str,
    answer: Answer,
    in_flight: usize,
    /// The processor time that recallflow may take in proportion to the baseline.
    bound: Bound,
}

const LOADS: [Load; 4] = [
    Load { title: "small answer, one at a time", answer: Answer::Small, in_flight: 1, bound: Bound::AtMost(1.05) },
    Load { title: "small answer, 64 in flight", answer: Answer::Small, in_flight: 64, bound: Bound::AtMost(1.05) },
    Load { title: "page of 100 records, one at a time", answer: Answer::Page, in_flight: 1, bound: Bound::Below(1.0) },
    Load { title: "page of 100 records, 64 in flight", answer: Answer::Page, in_flight: 64, bound: Bound::Below(1.0) },
];

/// Measures them.
pub(crate) fn measure(options: &Options) -> Result<Vec<Target>, Failure> {
    let server = Server::start()?;
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    let base_url = format!("http://{}", server.address());
    let ours = Arc::new(ours::Ours::new(&base_url)?);
    let usual = Arc::new(usual::Usual::new(base_url)?);
    let bare = Arc::new(bare::Bare::new(server.address()));

    let mut targets = Vec::new();
    for load in LOADS {
        let contenders = vec![
            contender(OURS, &runtime, &ours, load),
            contender(BASELINE, &runtime, &usual, load),
            contender("hyper, bare connection", &runtime, &bare, load),
        ];
        let rows = rounds::measure(contenders, BASELINE, load.in_flight, options)?;
        report::print_requests(load.title, &rows);
        let ratio = rows.iter().find(|row| row.name == OURS).and_then(|row| row.ratio);
        targets.extend(ratio.map(|ratio| Target {
            what: format!("CPU beside {BASELINE}, {}", load.title),
            measured: ratio.median,
            bound: load.bound,
            unit: "",
        }));
    }
    Ok(targets)
}

fn contender<'a, A: Api>(name: &'static str, runtime: &'a Runtime, api: &'a Arc<A>, load: Load) -> Contender<'a> {
    Contender::new(name, move |calls| runtime.block_on(call(api, load, calls)))
}

/// Shares the calls among as many tasks as may be in flight.
async fn call<A: Api>(api: &Arc<A>, load: Load, calls: usize) -> Result<(), Failure> {
    let mut tasks = JoinSet::new();
    for _ in 0..load.in_flight {
        let api = Arc::clone(api);
        tasks.spawn(async move {
            for _ in 0..calls / load.in_flight {
                api.call(load.answer).await?;
            }
            Ok::<_, Failure>(())
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(())
}
