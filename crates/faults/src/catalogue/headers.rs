//! Response headers: `Retry-After`, `Date`, too many of them, and echoes of the request.

use recallflow_sandbox::{Fault, Reflection};

use crate::row::FaultRow;

const PAST: &str = "Mon, 01 Jan 2001 00:00:00 GMT";
const FUTURE: &str = "Fri, 01 Jan 2100 00:00:00 GMT";

/// Values of `Retry-After`, and whether their wait is longer than every deadline.
const RETRY_AFTER: [(&str, &str, bool); 8] = [
    ("0", "0", false),
    ("a date in the past", PAST, false),
    ("-5", "-5", false),
    ("99999", "99999", true),
    ("garbage", "soon", false),
    ("a date in 2100", FUTURE, true),
    ("1.5", "1.5", false),
    ("more than 64 bits", "99999999999999999999", true),
];

pub(super) fn rows() -> Vec<FaultRow> {
    let mut rows = Vec::new();
    for (key, (name, value, is_far)) in (990_751..).zip(RETRY_AFTER) {
        let fault = Fault::Status(429).with_header("Retry-After", value);
        let row = FaultRow::new(format!("HTTP status 429 with `Retry-After`: {name}"), fault).by_key(key);
        rows.push(if is_far { row.expect_settled("RateLimitedError").in_quick_run() } else { row.expect_throttled() });
    }
    for (key, (name, value, is_far)) in (990_761..).zip(RETRY_AFTER) {
        let fault = Fault::Status(503).with_header("Retry-After", value);
        let row = FaultRow::new(format!("HTTP status 503 with `Retry-After`: {name}"), fault)
            .by_key(key)
            .expect_unavailable();
        rows.push(if is_far { row.query_fails("UnavailableError", 1) } else { row });
    }
    rows.push(
        FaultRow::new("HTTP status 429 with `Retry-After`: 1", Fault::Status(429).with_header("Retry-After", "1"))
            .by_key(990_715)
            .expect_throttled(),
    );
    let date = |name, fault| FaultRow::new(name, fault);
    rows.extend([
        date("no `Date`", Fault::Ok.without_header("Date")).by_key(990_716),
        date("malformed `Date`", Fault::date("yesterday")).by_key(990_717),
        date("`Date` in 2001", Fault::date(PAST)).by_key(990_747),
        date("`Date` in 2100", Fault::date(FUTURE)).by_key(990_748).in_quick_run(),
        date("`Date` in 2001, with `Age`", Fault::date(PAST).with_header("Age", "3600")).by_key(990_749),
        date("code -16 with a `Date` in 2100", Fault::Code(-16).with_header("Date", FUTURE))
            .by_key(990_750)
            .both_fail("TimestampExpiredError", 2)
            .in_quick_run(),
        date("code -16 without a `Date`", Fault::Code(-16).without_header("Date"))
            .both_fail("TimestampExpiredError", 2),
    ]);
    let many = |count, bytes| Fault::ManyHeaders { count, bytes };
    rows.extend([
        FaultRow::new("header of 64 KiB", many(1, 64 << 10)).by_key(990_740),
        FaultRow::new("header of 1 MiB", many(1, 1 << 20))
            .by_key(990_741)
            .expect_ambiguous("ProtocolError")
            .in_own_process(),
        FaultRow::new("50 more headers", many(50, 20)).by_key(990_742),
        // The limit is 256 headers.
        FaultRow::new("200 more headers", many(200, 20)),
        FaultRow::new("300 more headers", many(300, 20)).expect_ambiguous("ProtocolError"),
        FaultRow::new("10,000 more headers", many(10_000, 20))
            .by_key(990_743)
            .expect_ambiguous("ProtocolError")
            .in_own_process(),
        FaultRow::new("the request's headers in a page", Fault::Reflect(Reflection::Page))
            .by_key(990_744)
            .expect_unavailable()
            .in_quick_run(),
        FaultRow::new("the request's headers as message of code -22", Fault::Reflect(Reflection::Message))
            .by_key(990_745)
            .expect_settled("ParameterError")
            .in_quick_run(),
        FaultRow::new("the request's headers as `Content-Encoding`", Fault::Reflect(Reflection::Encoding))
            .by_key(990_746)
            .expect_unreadable()
            .in_quick_run(),
    ]);
    rows
}
