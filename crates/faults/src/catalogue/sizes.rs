//! Responses that exceed a memory limit.

use recallflow_sandbox::Fault;

use crate::row::Row;

/// The default of `max_response_bytes`.
const LIMIT: u64 = 8 << 20;

pub(super) fn rows() -> Vec<Row> {
    let row = Row::new;
    vec![
        row("body of 4 MiB", Fault::Oversized { bytes: Some(LIMIT / 2) })
            .query("ProtocolError", 1)
            .update_is_empty()
            .large(),
        row("body of 8 MiB and a byte", Fault::Oversized { bytes: Some(LIMIT + 1) })
            .key(990_721)
            .unreadable()
            .large()
            .quick(),
        row("body of 64 MiB", Fault::Oversized { bytes: Some(8 * LIMIT) }).key(990_708).unreadable().large(),
        row("chunked body of 64 MiB", Fault::Oversized { bytes: Some(8 * LIMIT) }.and(Fault::Chunked))
            .unreadable()
            .large(),
        row("body without an end", Fault::Oversized { bytes: None }).key(990_709).unreadable().large().quick(),
        row("64 MiB in a small gzip body", Fault::GzipBomb(8 * LIMIT)).key(990_711).unreadable().large().quick(),
        row("100,000 nested brackets", Fault::body("[".repeat(100_000))).key(990_722).unreadable().large(),
        row("100,000 nested brackets as an unknown field", nested(100_000)).query("ProtocolError", 1).large(),
        row("a million keys", Fault::body(many_keys(1_000_000))).key(990_723).unreadable().large(),
        // Less than 8 MiB, but far more once it is read. The response body of an update is discarded.
        row("half a million keys", Fault::body(many_keys(500_000))).query("ProtocolError", 1).large(),
        row("30,000 keys", Fault::body(many_keys(30_000))).query("ProtocolError", 1).large(),
        row("two million empty nodes", nodes(2_000_000)).query("ProtocolError", 1).large(),
        row("15,000 empty nodes", nodes(15_000)).query_is_empty().large(),
    ]
}

fn nested(depth: usize) -> Fault {
    let (open, close) = ("[".repeat(depth), "]".repeat(depth));
    Fault::body(format!(r#"{{"code":0,"msg":"success","data":{{"new":{open}{close}}}}}"#))
}

fn nodes(count: usize) -> Fault {
    let nodes = vec!["{}"; count].join(",");
    Fault::body(format!(r#"{{"code":0,"msg":"success","data":{{"nodeList":[{nodes}]}}}}"#))
}

fn many_keys(count: u32) -> String {
    let keys: Vec<_> = (0..count).map(|number| format!(",\"{number:x}\":0")).collect();
    format!(r#"{{"code":0,"msg":"success","data":{{"k":0{}}}}}"#, keys.concat())
}
