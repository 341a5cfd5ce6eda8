//! Responses that exceed a memory limit.

use recallflow_sandbox::Fault;

use crate::row::FaultRow;

/// The default of `max_response_bytes`.
const LIMIT: u64 = 8 << 20;

pub(super) fn rows() -> Vec<FaultRow> {
    let row = FaultRow::new;
    vec![
        row("body of 4 MiB", Fault::Oversized { bytes: Some(LIMIT / 2) })
            .query_fails("ProtocolError", 1)
            .update_is_empty()
            .in_own_process(),
        row("body of 8 MiB and a byte", Fault::Oversized { bytes: Some(LIMIT + 1) })
            .by_key(990_721)
            .expect_unreadable()
            .in_own_process()
            .in_quick_run(),
        row("body of 64 MiB", Fault::Oversized { bytes: Some(8 * LIMIT) })
            .by_key(990_708)
            .expect_unreadable()
            .in_own_process(),
        row("chunked body of 64 MiB", Fault::Oversized { bytes: Some(8 * LIMIT) }.and(Fault::Chunked))
            .expect_unreadable()
            .in_own_process(),
        row("body without an end", Fault::Oversized { bytes: None })
            .by_key(990_709)
            .expect_unreadable()
            .in_own_process()
            .in_quick_run(),
        row("64 MiB in a small gzip body", Fault::GzipBomb(8 * LIMIT))
            .by_key(990_711)
            .expect_unreadable()
            .in_own_process()
            .in_quick_run(),
        row("100,000 nested brackets", Fault::body("[".repeat(100_000)))
            .by_key(990_722)
            .expect_unreadable()
            .in_own_process(),
        row("100,000 nested brackets as an unknown field", nested_lists(100_000))
            .query_fails("ProtocolError", 1)
            .in_own_process(),
        row("a million keys", Fault::body(many_keys(1_000_000))).by_key(990_723).expect_unreadable().in_own_process(),
        // Less than 8 MiB, but far more once it is read. The response body of an update is discarded.
        row("half a million keys", Fault::body(many_keys(500_000))).query_fails("ProtocolError", 1).in_own_process(),
        row("30,000 keys", Fault::body(many_keys(30_000))).query_fails("ProtocolError", 1).in_own_process(),
        row("two million empty nodes", flow_of_nodes(2_000_000)).query_fails("ProtocolError", 1).in_own_process(),
        row("15,000 empty nodes", flow_of_nodes(15_000)).query_is_empty().in_own_process(),
    ]
}

fn nested_lists(depth: usize) -> Fault {
    let (open, close) = ("[".repeat(depth), "]".repeat(depth));
    Fault::body(format!(r#"{{"code":0,"msg":"success","data":{{"new":{open}{close}}}}}"#))
}

fn flow_of_nodes(count: usize) -> Fault {
    let nodes = vec!["{}"; count].join(",");
    Fault::body(format!(r#"{{"code":0,"msg":"success","data":{{"nodeList":[{nodes}]}}}}"#))
}

fn many_keys(count: u32) -> String {
    let keys: Vec<_> = (0..count).map(|number| format!(",\"{number:x}\":0")).collect();
    format!(r#"{{"code":0,"msg":"success","data":{{"k":0{}}}}}"#, keys.concat())
}
