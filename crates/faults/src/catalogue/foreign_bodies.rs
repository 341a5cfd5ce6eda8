//! Complete bodies that are not a response of the service.

use recallflow_sandbox::Fault;

use crate::row::FaultRow;

const EMPTY: &str = r#"{"code":0,"msg":"success","data":null}"#;

pub(super) fn rows() -> Vec<FaultRow> {
    let body = |name, body: &[u8]| FaultRow::new(name, Fault::body(body));
    vec![
        FaultRow::new("HTML with HTTP status 200", Fault::Status(200))
            .by_key(990_705)
            .expect_unreadable()
            .in_quick_run(),
        body("nothing with HTTP status 200", b"").by_key(990_712).expect_unreadable().in_quick_run(),
        FaultRow::new("HTTP status 204", Fault::body("").with_status(204)).by_key(990_733).expect_unreadable(),
        body("white space", b" \r\n ").expect_unreadable(),
        FaultRow::new("gzip that was not asked for", Fault::Gzip).by_key(990_710).expect_unreadable(),
        FaultRow::new("an unknown encoding", Fault::body("\u{1}\u{2}").with_header("Content-Encoding", "x-none"))
            .by_key(990_725)
            .expect_unreadable(),
        body("not UTF-8", b"{\"code\":0,\"msg\":\"\xff\",\"data\":null}").by_key(990_726).expect_unreadable(),
        body("byte order mark", format!("\u{feff}{EMPTY}").as_bytes()).by_key(990_727).query_fails("ProtocolError", 1),
        body("UTF-16", &EMPTY.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>())
            .by_key(990_728)
            .expect_unreadable(),
        body("NUL in a text", b"{\"code\":0,\"msg\":\"\0\",\"data\":null}").by_key(990_729).expect_unreadable(),
        body("NUL after the body", format!("{EMPTY}\0").as_bytes()).expect_unreadable(),
        body("`NaN`", br#"{"code":0,"msg":"success","data":{"keyId":NaN}}"#).by_key(990_730).expect_unreadable(),
        body("garbage after the body", format!("{EMPTY}]").as_bytes()).by_key(990_731).expect_unreadable(),
        body("two envelopes", EMPTY.repeat(2).as_bytes()).expect_unreadable(),
        body("two `code`, -1 and 0", br#"{"code":-1,"code":0,"msg":"success","data":null}"#)
            .by_key(990_732)
            .expect_unreadable(),
        body("half a response", br#"{"code":0,"msg":"succ"#).by_key(990_808).expect_unreadable(),
        body("an object that is not an envelope", b"{}").by_key(990_804).expect_unreadable(),
        body("a list", b"[]").by_key(990_805).expect_unreadable(),
        body("a text", b"\"success\"").expect_unreadable(),
        body("a number", b"0").expect_unreadable(),
        body("null", b"null").expect_unreadable(),
    ]
}
