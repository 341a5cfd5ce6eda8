//! Checking requests against the rules.

use std::hint::black_box;

use crate::options::Options;
use crate::report::{self, Bound, Target};
use crate::rounds::{self, Contender};
use crate::{Failure, fixture};

const FULL_NODE: &str = "node, every field set";

/// The longest time that checking a full node may take, in nanoseconds.
const LIMIT: f64 = 500.0;

/// Measures it.
pub(crate) fn measure(options: &Options) -> Result<Vec<Target>, Failure> {
    let node = fixture::full_node();
    let long = node.clone().text("a".repeat(1000));
    // A character is not a byte, so that this text has to be counted.
    let counted = node.clone().text("ñ".repeat(1000));
    let update = fixture::update().node_list(vec![node.clone(); 10]);
    let contenders = vec![
        Contender::repeat(FULL_NODE, || Ok(black_box(&node).validate())),
        Contender::repeat("the same, 1000 ASCII characters", || Ok(black_box(&long).validate())),
        Contender::repeat("the same, 1000 other characters", || Ok(black_box(&counted).validate())),
        Contender::repeat("update of 10 such nodes", || Ok(black_box(&update).validate())),
        Contender::repeat("query of a page", {
            let query = fixture::query();
            move || Ok(black_box(&query).validate())
        }),
    ];
    let rows = rounds::measure(contenders, FULL_NODE, 1000, options)?;
    report::print_calls("validate", FULL_NODE, &rows);
    let target = |cpu| Target {
        what: "validate a node with every field set".to_owned(),
        measured: cpu,
        bound: Bound::Below(LIMIT),
        unit: " ns",
    };
    Ok(rows.iter().filter(|row| row.name == FULL_NODE).map(|row| target(row.cpu)).collect())
}
