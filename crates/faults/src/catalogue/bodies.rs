//! Complete bodies that are not a response of the service.

use recallflow_sandbox::Fault;

use crate::row::Row;

const EMPTY: &str = r#"{"code":0,"msg":"success","data":null}"#;

pub(super) fn rows() -> Vec<Row> {
    let body = |name, body: &[u8]| Row::new(name, Fault::body(body));
    vec![
        Row::new("HTML with HTTP status 200", Fault::Status(200)).key(990_705).unreadable().quick(),
        body("nothing with HTTP status 200", b"").key(990_712).unreadable().quick(),
        Row::new("HTTP status 204", Fault::body("").with_status(204)).key(990_733).unreadable(),
        body("white space", b" \r\n ").unreadable(),
        Row::new("gzip that was not asked for", Fault::Gzip).key(990_710).unreadable(),
        Row::new("an unknown encoding", Fault::body("\u{1}\u{2}").with_header("Content-Encoding", "x-none"))
            .key(990_725)
            .unreadable(),
        body("not UTF-8", b"{\"code\":0,\"msg\":\"\xff\",\"data\":null}").key(990_726).unreadable(),
        body("byte order mark", format!("\u{feff}{EMPTY}").as_bytes()).key(990_727).query("ProtocolError", 1),
        body("UTF-16", &EMPTY.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()).key(990_728).unreadable(),
        body("NUL in a text", b"{\"code\":0,\"msg\":\"\0\",\"data\":null}").key(990_729).unreadable(),
        body("NUL after the body", format!("{EMPTY}\0").as_bytes()).unreadable(),
        body("`NaN`", br#"{"code":0,"msg":"success","data":{"keyId":NaN}}"#).key(990_730).unreadable(),
        body("garbage after the body", format!("{EMPTY}]").as_bytes()).key(990_731).unreadable(),
        body("two envelopes", EMPTY.repeat(2).as_bytes()).unreadable(),
        body("two `code`, -1 and 0", br#"{"code":-1,"code":0,"msg":"success","data":null}"#).key(990_732).unreadable(),
        body("half a response", br#"{"code":0,"msg":"succ"#).key(990_808).unreadable(),
        body("an object that is not an envelope", b"{}").key(990_804).unreadable(),
        body("a list", b"[]").key(990_805).unreadable(),
        body("a text", b"\"success\"").unreadable(),
        body("a number", b"0").unreadable(),
        body("null", b"null").unreadable(),
    ]
}
