//! Time spans, states and durations as arguments.

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use recallflow::{LocalDateTime, Span, span_of_day, span_of_month};

use crate::failure::Failure;
use crate::zone::Zone;

/// A time span, in the time of the service.
#[derive(Args)]
#[group(multiple = true)]
pub(crate) struct SpanArguments {
    /// A day of the service, yyyy-MM-dd
    #[arg(long, value_name = "DAY", conflicts_with_all = ["month", "last", "from", "to"])]
    day: Option<String>,
    /// A month of the service, yyyy-MM
    #[arg(long, value_name = "MONTH", conflicts_with_all = ["last", "from", "to"])]
    month: Option<String>,
    /// The time until now, such as 12h or 7d
    #[arg(long, value_name = "TIME", conflicts_with_all = ["from", "to"], value_parser = parse_duration)]
    last: Option<Duration>,
    /// Start: a day, or a time as "yyyy-MM-dd HH:mm:ss"
    #[arg(long, value_name = "TIME", requires = "to")]
    from: Option<String>,
    /// End: a day, which counts whole, or a time
    #[arg(long, value_name = "TIME", requires = "from")]
    to: Option<String>,
}

impl SpanArguments {
    /// Returns the start and the end. `zone` is the time zone of the times; UTC if it is not known.
    pub(crate) fn span(&self, zone: Option<&str>) -> Result<(LocalDateTime, LocalDateTime), Failure> {
        let ends = |span: Span| (span.start, span.end);
        if let Some(last) = self.last {
            return span_until_now(last, zone);
        }
        match (&self.day, &self.month, &self.from, &self.to) {
            (Some(day), ..) => Ok(ends(span_of_day(day)?)),
            (_, Some(month), ..) => Ok(ends(span_of_month(month)?)),
            (.., Some(from), Some(to)) => Ok((time_or(from, |day| day.start)?, time_or(to, |day| day.end)?)),
            _ => {
                Err(Failure::Usage("a time span is missing: use --day, --month, --last, or --from and --to".to_owned()))
            }
        }
    }
}

/// Returns the span of the last hours or days. It ends a day after now, because the service may be ahead of a zone that
/// is not known, and has nothing from the future.
fn span_until_now(last: Duration, zone: Option<&str>) -> Result<(LocalDateTime, LocalDateTime), Failure> {
    let zone = Zone::find(zone.unwrap_or("UTC"))?;
    let (now, day) = (Timestamp::now(), Duration::from_secs(86_400));
    let start = now.checked_sub(last).ok().and_then(|start| zone.local_time(start));
    let end = now.checked_add(day).ok().and_then(|end| zone.local_time(end));
    start.zip(end).ok_or_else(|| Failure::Usage("`--last` is too long; use --from and --to".to_owned()))
}

/// Parses a time, or a day of which one end is taken.
fn time_or(text: &str, end: impl FnOnce(Span) -> LocalDateTime) -> Result<LocalDateTime, Failure> {
    match text.parse() {
        Ok(time) => Ok(time),
        Err(_) => Ok(end(span_of_day(text)?)),
    }
}

/// Returns the value with a name, such as `finished`. A wrong name is answered with all names.
pub(crate) fn find_by_name<T: Copy>(
    what: &str,
    text: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<T, Failure> {
    let text = text.trim().to_lowercase().replace('-', "_");
    all.iter().copied().find(|&value| name(value) == text).ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|&value| name(value)).collect();
        Failure::Usage(format!("there is no {what} `{text}`; use {}", names.join(", ")))
    })
}

/// Parses a duration such as `90s`, `30m`, `2h` or `7d`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err("expected a number and s, m, h or d, such as 30m".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "expected a whole number and s, m, h or d".to_owned())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(|| "it is too long".to_owned())
}

/// Parses a rate such as `2/s`, `30/m` or `0.5/s`, and returns it by the second.
pub(crate) fn parse_rate(text: &str) -> Result<f64, String> {
    let expected = "expected a number and /s or /m, such as 2/s";
    let (number, unit) = text.split_once('/').ok_or(expected)?;
    let seconds = match unit {
        "s" => 1.0,
        "m" => 60.0,
        _ => return Err(expected.to_owned()),
    };
    let rate = number.parse::<f64>().map_err(|_| expected)? / seconds;
    if rate.is_finite() && (0.001..=1000.0).contains(&rate) { Ok(rate) } else { Err(expected.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_a_unit() {
        assert_eq!(parse_duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse_duration("2h"), Ok(Duration::from_secs(7200)));
        for text in ["", "5", "h", "-1h", "1.5h", "99999999999999999999d", "9999999999999999999d"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_rate_is_by_the_second() {
        assert_eq!(parse_rate("2/s"), Ok(2.0));
        assert_eq!(parse_rate("30/m"), Ok(0.5));
        for text in ["", "2", "0/s", "-1/s", "x/s", "2/h", "NaN/s", "inf/s"] {
            assert!(parse_rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_counts_whole() {
        let span = |from: &str, to: &str| {
            let [from, to] = [from, to].map(|text| Some(text.to_owned()));
            let (start, end) = SpanArguments { day: None, month: None, last: None, from, to }.span(None).unwrap();
            format!("{start} {end}")
        };
        assert_eq!(span("2024-05-01", "2024-05-02"), "2024-05-01 00:00:00 2024-05-02 23:59:59");
        assert_eq!(span("2024-05-01 10:00:00", "2024-05-01 11:30:00"), "2024-05-01 10:00:00 2024-05-01 11:30:00");
    }

    #[test]
    fn the_last_days_are_those_of_the_zone() {
        let span = |zone| {
            let last = Some(Duration::from_secs(7 * 86_400));
            SpanArguments { day: None, month: None, last, from: None, to: None }.span(zone)
        };
        let (start, end) = span(Some("Pacific/Kiritimati")).unwrap();
        let (start_in_utc, end_in_utc) = span(None).unwrap();
        assert!(start > start_in_utc && end > end_in_utc, "it is ahead by 14 hours");
        assert!(start < end_in_utc);
        assert!(span(Some("Atlantis/Center")).unwrap_err().to_string().contains("IANA"));
    }
}
