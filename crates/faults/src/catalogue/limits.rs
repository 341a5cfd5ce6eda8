//! Limits and settings of the process that makes the calls.

use recallflow_sandbox::Fault;

use crate::row::{FaultRow, Stage};

pub(super) fn rows() -> Vec<FaultRow> {
    let mut rows = vec![
        // The default action of SIGPIPE would end the process. The drivers of Python restore it.
        FaultRow::new("4 MB upload that is reset, with the default action of SIGPIPE", Fault::ResetBeforeRead)
            .with_upload(4_000_000)
            .expect_ambiguous("TransportError"),
        FaultRow::on_stage("proxy in the environment, with blanks around its URL", Stage::BlanksAroundProxy)
            .both_succeed(1)
            .in_quick_run(),
        FaultRow::on_stage("proxy of an unknown kind in the environment, unused", Stage::UnusedProxy).both_succeed(1),
    ];
    if cfg!(target_os = "linux") {
        rows.extend([
            FaultRow::on_stage("no free descriptor", Stage::Descriptors(3))
                .expect_unsent("TransportError")
                .in_quick_run(),
            FaultRow::on_stage("no free thread", Stage::NoThread).expect_unsent("TransportError").in_quick_run(),
            // More than `max_connections`, so that some calls wait.
            FaultRow::on_stage("120 calls at once with 512 descriptors", Stage::Descriptors(512)).calls_at_once(120),
        ]);
    }
    rows
}
