//! Waits until a flow has a status: faults of their reads, which are not retried one by one.

use std::time::Duration;

use recallflow_sandbox::{Ending, Fault, Pace};
use serde_json::json;

use crate::row::{FaultRow, PLAIN_KEY};

pub(super) fn rows() -> Vec<FaultRow> {
    let wait = FaultRow::of_wait;
    let once = |name, fault| wait(name, fault).only_once().query_succeeds(2);
    let flow =
        |status: i64| Fault::body(json!({ "code": 0, "data": { "keyId": PLAIN_KEY, "status": status } }).to_string());
    let slow = Pace { bytes: 1, interval: Duration::from_secs(1) };
    let truncated = Fault::Truncate(20).and(Fault::End(Ending::Reset));
    vec![
        wait("no fault", Fault::Ok).in_quick_run(),
        once("HTTP 503, once", Fault::Status(503)).in_quick_run(),
        wait("HTTP 503", Fault::Status(503)).query_fails("WaitError", 2).in_quick_run(),
        once("reset, once", Fault::Reset),
        wait("reset", Fault::Reset).query_fails("WaitError", 2),
        once("20 bytes of the body, then a reset, once", truncated),
        once("code -18, once", Fault::Code(-18)),
        once("code -15, once", Fault::Code(-15)),
        wait("no response", Fault::Hold).query_fails("WaitError", 1).in_quick_run(),
        wait("response after 5 s", Fault::Delay(Duration::from_secs(5))).query_fails("WaitError", 1),
        wait("body that comes byte by byte", Fault::DripBody(slow)).query_fails("WaitError", 1),
        once("unknown status, once", flow(77)),
        wait("status that cannot change to the wanted one", flow(3)).query_fails("WaitError", 1).in_quick_run(),
        wait("code -22", Fault::Code(-22)).query_fails("ParameterError", 1),
        wait("code -1", Fault::Code(-1)).query_fails("AuthenticationError", 1),
    ]
}
