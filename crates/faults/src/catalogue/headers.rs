//! Response headers: `Retry-After`, `Date`, too many of them, and echoes of the request.

use recallflow_sandbox::{Fault, Reflection};

use crate::row::Row;

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

pub(super) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (key, (name, value, is_far)) in (990_751..).zip(RETRY_AFTER) {
        let fault = Fault::Status(429).with_header("Retry-After", value);
        let row = Row::new(format!("HTTP status 429 with `Retry-After`: {name}"), fault).key(key);
        rows.push(if is_far { row.settled("RateLimitedError").quick() } else { row.throttled() });
    }
    for (key, (name, value, is_far)) in (990_761..).zip(RETRY_AFTER) {
        let fault = Fault::Status(503).with_header("Retry-After", value);
        let row = Row::new(format!("HTTP status 503 with `Retry-After`: {name}"), fault).key(key).unavailable();
        rows.push(if is_far { row.query("UnavailableError", 1) } else { row });
    }
    rows.push(
        Row::new("HTTP status 429 with `Retry-After`: 1", Fault::Status(429).with_header("Retry-After", "1"))
            .key(990_715)
            .throttled(),
    );
    let date = |name, fault| Row::new(name, fault);
    rows.extend([
        date("no `Date`", Fault::Ok.without_header("Date")).key(990_716),
        date("malformed `Date`", Fault::date("yesterday")).key(990_717),
        date("`Date` in 2001", Fault::date(PAST)).key(990_747),
        date("`Date` in 2100", Fault::date(FUTURE)).key(990_748).quick(),
        date("`Date` in 2001, with `Age`", Fault::date(PAST).with_header("Age", "3600")).key(990_749),
        date("code -16 with a `Date` in 2100", Fault::Code(-16).with_header("Date", FUTURE))
            .key(990_750)
            .both("TimestampExpiredError", 2)
            .quick(),
        date("code -16 without a `Date`", Fault::Code(-16).without_header("Date")).both("TimestampExpiredError", 2),
    ]);
    let many = |count, bytes| Fault::ManyHeaders { count, bytes };
    rows.extend([
        Row::new("header of 64 KiB", many(1, 64 << 10)).key(990_740),
        Row::new("header of 1 MiB", many(1, 1 << 20)).key(990_741).ambiguous("ProtocolError").large(),
        Row::new("50 more headers", many(50, 20)).key(990_742),
        // The limit is 256 headers.
        Row::new("200 more headers", many(200, 20)),
        Row::new("300 more headers", many(300, 20)).ambiguous("ProtocolError"),
        Row::new("10,000 more headers", many(10_000, 20)).key(990_743).ambiguous("ProtocolError").large(),
        Row::new("the request's headers in a page", Fault::Reflect(Reflection::Page))
            .key(990_744)
            .unavailable()
            .quick(),
        Row::new("the request's headers as message of code -22", Fault::Reflect(Reflection::Message))
            .key(990_745)
            .settled("ParameterError")
            .quick(),
        Row::new("the request's headers as `Content-Encoding`", Fault::Reflect(Reflection::Encoding))
            .key(990_746)
            .unreadable()
            .quick(),
    ]);
    rows
}
