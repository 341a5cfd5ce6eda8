//! Magic keys: values of `keyId` with which programs in any language play faults.

use std::fmt::Write;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::{Value, json};

use crate::generated::protocol::{DataStyle, Ending, EnvelopeStyle, Fault, Pace, Reflection};

/// All magic keys. Each of them is also a pending flow.
pub(crate) const KEYS: RangeInclusive<i64> = 990_000..=997_999;

/// Distance from a key to the key that plays the same fault on updates only. A program can read the flow first.
const UPDATES_ONLY: i64 = 1000;

/// The fault of a range of keys.
struct MagicEntry {
    keys: RangeInclusive<i64>,
    /// Description for `--help`.
    doc: &'static str,
    /// Returns the fault for the last three digits of a key.
    fault: fn(i64) -> Fault,
}

/// Builds a table with one entry per line.
macro_rules! entries {
    ($($first:literal $(..= $last:literal)? => $doc:literal, $fault:expr;)*) => {
        &[$(MagicEntry { keys: entries!(@span $first $($last)?), doc: $doc, fault: $fault }),*]
    };
    (@span $first:literal) => { $first..=$first };
    (@span $first:literal $last:literal) => { $first..=$last };
}

/// The faults of all magic keys. Keys that are not listed play no fault.
const TABLE: &[MagicEntry] = entries! {
    990_001..=990_099 => "code -n, for 990000 + n (990018: -18)", |n| Fault::Code(-n);
    990_300..=990_599 => "HTTP status n with an HTML page, for 990000 + n (990503: 503)", |n| Fault::Status(low_status(n));
    990_600 => "connection reset, not applied", |_| Fault::Reset;
    990_601 => "connection reset, but applied", |_| Fault::Reset.applied();
    990_602 => "connection closed without a response, not applied", |_| Fault::Close;
    990_603 => "connection closed without a response, but applied", |_| Fault::Close.applied();
    990_604 => "no response, not applied", |_| Fault::Hold;
    990_605 => "no response, but applied", |_| Fault::Hold.applied();
    990_606 => "response, and the connection closes when the next request arrives", |_| Fault::End(Ending::Stale);
    990_607 => "response, and the connection closes without `Connection: close`", |_| Fault::End(Ending::CloseUnsaid);
    990_608 => "head of the response, and then nothing", |_| Fault::Truncate(0).and(Fault::End(Ending::Hold));
    990_609 => "20 bytes of the body, and then nothing", |_| Fault::Truncate(20).and(Fault::End(Ending::Hold));
    990_610 => "20 bytes of the body, and then a reset", |_| Fault::Truncate(20).and(Fault::End(Ending::Reset));
    990_611 => "100 interim responses before the response", |_| Fault::Interim { count: Some(100), at_once: false };
    990_612 => "interim responses without an end", |_| Fault::Interim { count: None, at_once: false };
    990_613 => "interim responses without an end, as fast as they are read",
        |_| Fault::Interim { count: None, at_once: true };
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
    990_710 => "body compressed with gzip", |_| Fault::Gzip;
    990_711 => "64 MiB in a small gzip body", |_| Fault::GzipBomb(64 << 20);
    990_712 => "empty body", |_| Fault::body("");
    990_713 => "redirect to another host", |_| Fault::redirect(302, "http://127.0.0.1:9/");
    990_714 => "bytes that are not HTTP", |_| Fault::Raw(b"\x00\x01not HTTP\r\n\r\n".to_vec());
    990_715 => "HTTP status 429 with `Retry-After: 1`", |_| Fault::Status(429).with_header("Retry-After", "1");
    990_716 => "no `Date`", |_| Fault::Ok.without_header("Date");
    990_717 => "malformed `Date`", |_| Fault::date("yesterday");
    990_718 => "two `Content-Length` that differ", |_| with_lengths(&["38", "37"]);
    990_719 => "two `Content-Length` that agree", |_| with_lengths(&["38", "38"]);
    990_720 => "`Content-Length` beside chunks", |_| Fault::Chunked.with_header("Content-Length", "20");
    990_721 => "body of 8 MiB and a byte", |_| Fault::Oversized { bytes: Some((8 << 20) + 1) };
    990_722 => "100,000 nested brackets", |_| Fault::body("[".repeat(100_000));
    990_723 => "object with a million members", |_| Fault::body(many_keys(1_000_000));
    990_724 => "body compressed with gzip, cut off after 20 bytes", |_| Fault::Gzip.and(Fault::Truncate(20));
    990_725 => "body with an unknown `Content-Encoding`", |_| Fault::body("\u{1}\u{2}").with_header("Content-Encoding", "x-none");
    990_726 => "body that is not UTF-8", |_| Fault::body(b"{\"code\":0,\"msg\":\"\xff\",\"data\":null}");
    990_727 => "byte order mark before the body", |_| Fault::body(format!("\u{feff}{EMPTY}"));
    990_728 => "body in UTF-16", |_| Fault::body(utf_16(EMPTY));
    990_729 => "NUL in a text", |_| Fault::body("{\"code\":0,\"msg\":\"\0\",\"data\":null}");
    990_730 => "`NaN` as a number", |_| Fault::body(r#"{"code":0,"msg":"success","data":{"keyId":NaN}}"#);
    990_731 => "garbage after the body", |_| Fault::body(format!("{EMPTY}]"));
    990_732 => "two `code`, -1 and 0", |_| Fault::body(r#"{"code":-1,"code":0,"msg":"success","data":null}"#);
    990_733 => "HTTP status 204", |_| Fault::body("").with_status(204);
    990_734 => "redirect to the same host", |_| Fault::redirect(307, "/voice/elsewhere");
    990_740 => "header of 64 KiB", |_| Fault::ManyHeaders { count: 1, bytes: 64 << 10 };
    990_741 => "header of 1 MiB", |_| Fault::ManyHeaders { count: 1, bytes: 1 << 20 };
    990_742 => "50 more headers", |_| Fault::ManyHeaders { count: 50, bytes: 20 };
    990_743 => "10,000 more headers", |_| Fault::ManyHeaders { count: 10_000, bytes: 20 };
    990_744 => "HTTP status 500 with the request's headers in the page", |_| Fault::Reflect(Reflection::Page);
    990_745 => "code -22 with the request's headers as message", |_| Fault::Reflect(Reflection::Message);
    990_746 => "the request's headers as `Content-Encoding`", |_| Fault::Reflect(Reflection::Encoding);
    990_747 => "`Date` in 2001", |_| Fault::date(PAST);
    990_748 => "`Date` in 2100", |_| Fault::date(FUTURE);
    990_749 => "`Date` in 2001, with `Age`", |_| Fault::date(PAST).with_header("Age", "3600");
    990_750 => "code -16 with a `Date` in 2100", |_| Fault::Code(-16).with_header("Date", FUTURE);
    990_751..=990_758 => "HTTP status 429 with `Retry-After`: 0, past, negative, 99999, garbage, 2100, 1.5, beyond 64 bits",
        |n| Fault::Status(429).with_header("Retry-After", retry_after(n - 751));
    990_761..=990_768 => "the same with HTTP status 503", |n| Fault::Status(503).with_header("Retry-After", retry_after(n - 761));
    990_800 => "`status` as a string, and `reason`", |_| Fault::Ok.in_envelope(EnvelopeStyle::old());
    990_801 => "the same for code -18", |_| Fault::Code(-18).in_envelope(EnvelopeStyle::old());
    990_802 => "no `data`", |_| Fault::Ok.in_envelope(EnvelopeStyle { data: DataStyle::Missing, ..EnvelopeStyle::default() });
    990_803 => "`data` null", |_| Fault::Ok.in_envelope(EnvelopeStyle { data: DataStyle::Null, ..EnvelopeStyle::default() });
    990_804 => "an object that is not an envelope", |_| Fault::body("{}");
    990_805 => "a list instead of an envelope", |_| Fault::body("[]");
    990_806 => "a code that is not a number", |_| Fault::body(r#"{"code":"zero","msg":"success","data":null}"#);
    990_807 => "`data` that is a string", |_| Fault::body(r#"{"code":0,"msg":"success","data":"none"}"#);
    990_808 => "broken JSON", |_| Fault::body(r#"{"code":0,"msg":"succ"#);
    990_809 => "code -18 with HTTP status 500", |_| Fault::Code(-18).with_status(500);
    990_810 => "code \"0\"", |_| code("\"0\"");
    990_811 => "code 0.0", |_| code("0.0");
    990_812 => "code true", |_| code("true");
    990_813 => "code false", |_| code("false");
    990_814 => "code null", |_| code("null");
    990_815 => "code \"\"", |_| code("\"\"");
    990_816 => "code [0]", |_| code("[0]");
    990_817 => "code 1", |_| code("1");
    990_818 => "code 4294967296, which is 0 in 32 bits", |_| code("4294967296");
    990_819 => "code 18446744073709551616, which is 0 in 64 bits", |_| code("18446744073709551616");
    990_820 => "code \"-18\"", |_| code("\"-18\"");
    990_821 => "no code, and `data` with `status` 0", |_| Fault::body(r#"{"msg":"success","data":{"status":0}}"#);
    990_901..=990_960 => "response after n seconds, for 990900 + n", |n| Fault::Delay(Duration::from_secs(seconds(n - 900)));
    992_300..=992_599 => "code -22 with HTTP status n, for 992000 + n", |n| Fault::Code(-22).with_status(low_status(n));
    994_300..=994_599 => "response of the service, but with HTTP status n, for 994000 + n", |n| Fault::Ok.with_status(low_status(n));
    996_000..=996_055 => "code 0 in every form of envelope", |n| envelope("0", n);
    996_100..=996_155 => "code -22 in every form of envelope", |n| envelope("-22", n - 100);
};

const PAST: &str = "Mon, 01 Jan 2001 00:00:00 GMT";
const FUTURE: &str = "Fri, 01 Jan 2100 00:00:00 GMT";

/// A successful envelope of 38 bytes.
const EMPTY: &str = r#"{"code":0,"msg":"success","data":null}"#;

/// Values of `Retry-After`.
const RETRY_AFTER: [&str; 8] = ["0", PAST, "-5", "99999", "soon", FUTURE, "1.5", "99999999999999999999"];

fn retry_after(n: i64) -> &'static str {
    usize::try_from(n).ok().and_then(|n| RETRY_AFTER.get(n)).unwrap_or(&"")
}

/// Returns an empty success with these values of `Content-Length`.
fn with_lengths(lengths: &[&str]) -> Fault {
    lengths.iter().fold(Fault::body(EMPTY), |fault, length| fault.with_another_header("Content-Length", length))
}

/// Returns a success with many unknown keys.
fn many_keys(count: u32) -> String {
    let mut body = String::from(r#"{"code":0,"msg":"success","data":{"k":0"#);
    for number in 0..count {
        // Writing to a string does not fail.
        let _ = write!(body, ",\"{number:x}\":0");
    }
    body + "}}"
}

fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Returns a success with another code.
fn code(code: &str) -> Fault {
    Fault::body(format!(r#"{{"code":{code},"msg":"success","data":null}}"#))
}

/// Returns a code in one of 56 forms of envelope: 4 pairs of names, the code as a number and as text, 7 kinds of
/// `data`.
fn envelope(code: &str, n: i64) -> Fault {
    const DATA: [&str; 7] =
        ["", ",\"data\":null", ",\"data\":{}", ",\"data\":[]", ",\"data\":\"\"", ",\"data\":0", ",\"data\":true"];
    let (code_name, message_name) = (["code", "status"][bit_of(n)], ["msg", "reason"][bit_of(n / 2)]);
    let quote = ["", "\""][bit_of(n / 4)];
    let data = usize::try_from(n / 8).ok().and_then(|n| DATA.get(n)).unwrap_or(&"");
    Fault::body(format!(r#"{{"{code_name}":{quote}{code}{quote},"{message_name}":"said"{data}}}"#))
}

fn bit_of(n: i64) -> usize {
    usize::from(n % 2 != 0)
}

/// Returns the fault of a magic `keyId`, for an update or for another operation.
#[must_use]
pub fn fault(key: i64, is_update: bool) -> Option<Fault> {
    let thousand = key.div_euclid(1000);
    let key = match thousand % 2 {
        0 => key,
        _ if is_update => key - UPDATES_ONLY,
        _ => return None,
    };
    let entry = TABLE.iter().find(|entry| entry.keys.contains(&key))?;
    Some((entry.fault)(key % 1000))
}

/// Returns the table of magic keys as text, with one line for each range of keys.
#[must_use]
pub fn table() -> String {
    TABLE.iter().fold(String::new(), |mut text, entry| {
        let (first, last) = (entry.keys.start(), entry.keys.end());
        let keys = if first == last { first.to_string() } else { format!("{first}-{last}") };
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {keys:<14} {}", entry.doc);
        text
    }) + "  odd thousands  the fault of the key less 1000, on updates only (991601: reset, but applied)\n"
}

/// Returns the pending flow of a magic key.
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
    use crate::generated::protocol::Fault;

    #[test]
    fn ranges_are_within_the_magic_keys_and_do_not_overlap() {
        let mut last = *KEYS.start();
        for entry in TABLE {
            assert!(*entry.keys.start() > last && entry.keys.start() <= entry.keys.end(), "{:?}", entry.keys);
            last = *entry.keys.end();
        }
        assert!(last <= *KEYS.end());
    }

    #[test]
    fn a_key_contains_its_code_or_status() {
        assert_eq!(fault(990_018, false), Some(Fault::Code(-18)));
        assert_eq!(fault(990_503, true), Some(Fault::Status(503)));
        assert_eq!(fault(990_000, true), None);
        assert_eq!(fault(18, true), None);
    }

    #[test]
    fn odd_thousands_play_faults_on_updates_only() {
        assert_eq!(fault(991_503, true), Some(Fault::Status(503)));
        assert_eq!(fault(991_503, false), None);
    }
}
