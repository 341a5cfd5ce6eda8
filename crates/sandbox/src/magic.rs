//! Keys of flows that play a fault whenever a request names them, so that faults can be tried from outside.

use std::fmt::Write;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::{Value, json};

use crate::envelope::{DataStyle, EnvelopeStyle};
use crate::fault::{Edit, Ending, Fault, Pace};

/// All magic keys. Each of them is also a pending flow.
pub(crate) const KEYS: RangeInclusive<i64> = 990_000..=991_999;

/// Those that play their fault on updates only, so that a program can read the flow first.
const ON_UPDATES: RangeInclusive<i64> = 991_000..=991_999;

/// How far a key is from the one that plays the same fault on every operation.
const DISTANCE: i64 = 1000;

/// What a span of keys plays.
struct Entry {
    keys: RangeInclusive<i64>,
    /// What it is, for people.
    doc: &'static str,
    /// The fault for a key, counted from the first magic key.
    fault: fn(i64) -> Fault,
}

/// A table of entries, one a line.
macro_rules! entries {
    ($($first:literal $(..= $last:literal)? => $doc:literal, $fault:expr;)*) => {
        &[$(Entry { keys: entries!(@span $first $($last)?), doc: $doc, fault: $fault }),*]
    };
    (@span $first:literal) => { $first..=$first };
    (@span $first:literal $last:literal) => { $first..=$last };
}

/// What all magic keys play; the rest of them are answered as usual.
const TABLE: &[Entry] = entries! {
    990_001..=990_099 => "code -n, for 990000 + n (990018: -18)", |n| Fault::Code(-n);
    990_300..=990_599 => "HTTP status n with an HTML page, for 990000 + n (990503: 503)", |n| Fault::Status(low_status(n));
    990_600 => "connection reset, not carried out", |_| Fault::Reset;
    990_601 => "connection reset, though carried out", |_| Fault::Reset.applied();
    990_602 => "connection closed without an answer, not carried out", |_| Fault::Close;
    990_603 => "connection closed without an answer, though carried out", |_| Fault::Close.applied();
    990_604 => "no answer, not carried out", |_| Fault::Hold;
    990_605 => "no answer, though carried out", |_| Fault::Hold.applied();
    990_606 => "answered, and the kept connection closed when the next request arrives", |_| Fault::stale();
    990_607 => "answered, and the connection closed without saying so", |_| Fault::End(Ending::CloseUnsaid);
    990_700 => "body cut off after 20 bytes", |_| Fault::Truncate(20);
    990_701 => "body in chunks, cut off after 20 bytes", |_| Fault::Chunked.and(Fault::Truncate(20));
    990_702 => "body in chunks", |_| Fault::Chunked;
    990_703 => "body one byte a second", |_| Fault::drip(1, Duration::from_secs(1));
    990_704 => "head one byte a second", |_| Fault::DripHead(Pace { bytes: 1, interval: Duration::from_secs(1) });
    990_705 => "HTML page with HTTP status 200", |_| Fault::Status(200);
    990_706 => "Content-Length 10 too short", |_| Fault::ContentLength(10);
    990_707 => "Content-Length far too long", |_| Fault::ContentLength(100_000);
    990_708 => "body of 64 MiB", |_| Fault::Oversized { bytes: Some(64 << 20) };
    990_709 => "body without an end", |_| Fault::Oversized { bytes: None };
    990_710 => "body compressed with gzip", |_| Fault::gzip();
    990_711 => "64 MiB in a small gzip body", |_| Fault::Edit(Edit::GzipBomb(64 << 20));
    990_712 => "empty body", |_| Fault::body("");
    990_713 => "redirect to another host", |_| Fault::redirect(302, "http://127.0.0.1:9/");
    990_714 => "bytes that are no HTTP", |_| Fault::Raw(b"\x00\x01not HTTP\r\n\r\n".to_vec());
    990_715 => "HTTP status 429 with `Retry-After: 1`", |_| Fault::Status(429).with_header("Retry-After", "1");
    990_716 => "no `Date`", |_| Fault::Ok.without_header("Date");
    990_717 => "malformed `Date`", |_| Fault::date("yesterday");
    990_800 => "`status` as a string, and `reason`", |_| Fault::Ok.in_envelope(EnvelopeStyle::old());
    990_801 => "the same for code -18", |_| Fault::Code(-18).in_envelope(EnvelopeStyle::old());
    990_802 => "no `data`", |_| Fault::Ok.in_envelope(EnvelopeStyle { data: DataStyle::Missing, ..EnvelopeStyle::default() });
    990_803 => "`data` null", |_| Fault::Ok.in_envelope(EnvelopeStyle { data: DataStyle::Null, ..EnvelopeStyle::default() });
    990_804 => "an object that is no envelope", |_| Fault::body("{}");
    990_805 => "a list instead of an envelope", |_| Fault::body("[]");
    990_806 => "a code that is no number", |_| Fault::body(r#"{"code":"zero","msg":"success","data":null}"#);
    990_807 => "`data` that is a string", |_| Fault::body(r#"{"code":0,"msg":"success","data":"none"}"#);
    990_808 => "broken JSON", |_| Fault::body(r#"{"code":0,"msg":"succ"#);
    990_809 => "code -18 with HTTP status 500", |_| Fault::Code(-18).with_status(500);
    990_901..=990_960 => "answered after n seconds, for 990900 + n", |n| Fault::Delay(Duration::from_secs(seconds(n - 900)));
};

/// The fault that a key plays.
pub(crate) fn fault(key: i64, is_update: bool) -> Option<Fault> {
    let key = match key {
        key if !ON_UPDATES.contains(&key) => key,
        key if is_update => key - DISTANCE,
        _ => return None,
    };
    let entry = TABLE.iter().find(|entry| entry.keys.contains(&key))?;
    Some((entry.fault)(key - KEYS.start()))
}

/// The table for people, one line for each span of keys.
#[must_use]
pub fn table() -> String {
    TABLE.iter().fold(String::new(), |mut text, entry| {
        let (first, last) = (entry.keys.start(), entry.keys.end());
        let keys = if first == last { first.to_string() } else { format!("{first}-{last}") };
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {keys:<14} {}", entry.doc);
        text
    }) + "  991001-991999  the fault of the key less 1000, on updates only (991601: reset, though carried out)\n"
}

/// The pending flow of a magic key.
pub(crate) fn flow(key: i64) -> Value {
    json!({ "keyId": key, "recallInterval": 30, "recallNum": 1, "recallType": 0, "status": 0, "nodeList": [] })
}

fn low_status(n: i64) -> u16 {
    u16::try_from(n).unwrap_or(500)
}

fn seconds(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{KEYS, TABLE, fault};
    use crate::fault::Fault;

    #[test]
    fn spans_are_magic_and_do_not_overlap() {
        let mut last = *KEYS.start();
        for entry in TABLE {
            assert!(*entry.keys.start() > last && entry.keys.start() <= entry.keys.end(), "{:?}", entry.keys);
            last = *entry.keys.end();
        }
        assert!(last <= *KEYS.end());
    }

    #[test]
    fn numbers_name_codes_and_statuses() {
        assert_eq!(fault(990_018, false), Some(Fault::Code(-18)));
        assert_eq!(fault(990_503, true), Some(Fault::Status(503)));
        assert_eq!(fault(990_000, true), None);
        assert_eq!(fault(18, true), None);
    }

    #[test]
    fn the_second_thousand_is_for_updates_only() {
        assert_eq!(fault(991_503, true), Some(Fault::Status(503)));
        assert_eq!(fault(991_503, false), None);
    }
}
