//! Safe edits, whose faults begin after the flow was read for the first time.

use std::time::Duration;

use recallflow_sandbox::Fault;

use crate::row::{EditStage, FaultRow};

const READ: &str = "query_recall_flow_detail";
const UPDATE: &str = "update_recall_flow";

/// Longer than the short deadline of a call.
const LATE: Duration = Duration::from_secs(3);

pub(super) fn rows() -> Vec<FaultRow> {
    let edit = |name, faults: &[(&'static str, Fault)]| {
        let faults = faults.to_vec();
        FaultRow::of_edit(name, EditStage { faults, ..EditStage::default() })
    };
    let meanwhile = |name, field, value| {
        FaultRow::of_edit(name, EditStage { meanwhile: Some((field, value)), ..EditStage::default() })
            .update_fails("ConflictError", 1)
    };
    let reads = |fault: Fault, count| vec![(READ, fault); count];
    let after_second_read = |fault: Fault, count| [vec![(READ, Fault::Ok)], reads(fault, count)].concat();
    let lost = |update: Fault, read_back: Vec<(&'static str, Fault)>| [read_back, vec![(UPDATE, update)]].concat();
    vec![
        edit("no fault", &[]).update_succeeds(2).in_quick_run(),
        edit("no fault, read back", &[]).verified().update_succeeds(3),
        meanwhile("another client changed the flow", "recallNum", 9).in_quick_run(),
        meanwhile("the flow began", "status", 1),
        edit("second read: HTTP 503", &reads(Fault::Status(503), 3)).update_fails("UnavailableError", 3),
        edit("second read: no response", &reads(Fault::Hold, 1)).update_fails("TimeoutError", 1).with_short_deadline(),
        edit("second read: the connection is reset once", &reads(Fault::Reset, 1)).update_succeeds(3),
        edit("update: code -22", &[(UPDATE, Fault::Code(-22))]).update_fails("ParameterError", 2),
        edit("update: code -15", &[(UPDATE, Fault::Code(-15))]).update_succeeds(3),
        edit("update: reset, applied", &[(UPDATE, Fault::Reset.applied())]).update_succeeds(3).in_quick_run(),
        edit("update: reset, not applied", &[(UPDATE, Fault::Reset)])
            .update_fails("OutcomeUnknownError", 3)
            .in_quick_run(),
        edit("update: HTTP 503, applied", &[(UPDATE, Fault::Status(503).applied())]).update_succeeds(3),
        edit("update: HTTP 503, not applied", &[(UPDATE, Fault::Status(503))]).update_fails("OutcomeUnknownError", 3),
        edit("update: late response, applied", &[(UPDATE, Fault::Delay(LATE))])
            .update_succeeds(3)
            .with_short_deadline(),
        edit("update: no response, not applied", &[(UPDATE, Fault::Hold)])
            .update_fails("OutcomeUnknownError", 3)
            .with_short_deadline(),
        edit(
            "update: reset, applied; read back: HTTP 503",
            &lost(Fault::Reset.applied(), after_second_read(Fault::Status(503), 3)),
        )
        .update_fails("OutcomeUnknownError", 5)
        .in_quick_run(),
        edit(
            "update: reset, applied; read back: no response",
            &lost(Fault::Reset.applied(), after_second_read(Fault::Hold, 1)),
        )
        .update_fails("OutcomeUnknownError", 3)
        .with_short_deadline(),
        edit("update: a success that changed nothing, read back", &[(UPDATE, Fault::Code(0))])
            .verified()
            .update_fails("OutcomeUnknownError", 3)
            .in_quick_run(),
        edit("verified update: read back: HTTP 503", &after_second_read(Fault::Status(503), 3))
            .verified()
            .update_fails("OutcomeUnknownError", 5),
        edit("aborted during the second read", &reads(Fault::Hold, 1)).aborted_in("Node").update_fails("AbortError", 1),
        edit("aborted during the update", &[(UPDATE, Fault::Hold)])
            .aborted_in("Node")
            .update_fails("OutcomeUnknownError", 2),
        edit("aborted while the flow is read back", &lost(Fault::Reset, after_second_read(Fault::Hold, 1)))
            .aborted_in("Node")
            .update_fails("OutcomeUnknownError", 3),
    ]
}
