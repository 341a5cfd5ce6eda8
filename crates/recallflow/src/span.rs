//! Time spans of whole days and months.

use crate::datetime::{LocalDateTime, days_in_month};
use crate::error::Error;
use crate::request::violation::{Rule, Violation};
use crate::request::wording::describe_text;

/// A time span of whole days, in the time of the service. Queries of a list have a constructor `in_span`.
///
/// ```
/// use recallflow::{GroupCallQuery, span_of_month};
/// let may = span_of_month("2024-05")?;
/// assert_eq!(may.start, "2024-05-01 00:00:00".parse()?);
/// assert_eq!(may.end, "2024-05-31 23:59:59".parse()?);
/// let query = GroupCallQuery::in_span(may).size(50);
/// # Ok::<(), recallflow::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Span {
    /// The first second of the first day.
    pub start: LocalDateTime,
    /// The last second of the last day.
    pub end: LocalDateTime,
}

/// Returns the time span of a month, `yyyy-MM`.
///
/// # Errors
///
/// [`Error::InvalidRequest`] if the text is not a month.
pub fn span_of_month(month: &str) -> Result<Span, Error> {
    let start = LocalDateTime::parse(format!("{month}-01 00:00:00").as_bytes());
    let last = |start: LocalDateTime| days_in_month(start.year(), start.month());
    start.and_then(|start| days(start, last(start))).ok_or_else(|| wrong("month `yyyy-MM`", month))
}

/// Returns the time span of a day, `yyyy-MM-dd`.
///
/// # Errors
///
/// [`Error::InvalidRequest`] if the text is not a day.
pub fn span_of_day(day: &str) -> Result<Span, Error> {
    let start = LocalDateTime::parse(format!("{day} 00:00:00").as_bytes());
    start.and_then(|start| days(start, start.day())).ok_or_else(|| wrong("day `yyyy-MM-dd`", day))
}

/// Returns the span from a time to the end of a day of the same month.
fn days(start: LocalDateTime, last: u8) -> Option<Span> {
    let end = LocalDateTime::new(start.year(), start.month(), last, 23, 59, 59)?;
    Some(Span { start, end })
}

fn wrong(expected: &str, got: &str) -> Error {
    let message = format!("expected a {expected}, got {}", describe_text(got));
    Error::invalid_request(vec![Violation { path: String::new(), rule: Rule::Format, message }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_ends_with_the_last_second_of_its_last_day() {
        for (month, last) in [("2024-02", 29), ("2023-02", 28), ("1900-02", 28), ("2024-04", 30), ("9999-12", 31)] {
            let Span { start, end } = span_of_month(month).unwrap();
            assert_eq!(
                (start.to_string(), end.to_string()),
                (format!("{month}-01 00:00:00"), format!("{month}-{last} 23:59:59"))
            );
        }
        let Span { start, end } = span_of_day("2024-02-29").unwrap();
        assert_eq!((start.to_string(), end.to_string()), ("2024-02-29 00:00:00".into(), "2024-02-29 23:59:59".into()));
    }

    #[test]
    fn other_texts_are_refused_in_the_words_of_the_caller() {
        for month in ["2024-13", "2024-00", "2024", "2024-05-01", "24-05", "2024-5", " 2024-05", "", "May"] {
            let error = span_of_month(month).unwrap_err();
            let message = &error.violations()[0].message;
            assert_eq!(*message, format!("expected a month `yyyy-MM`, got \"{month}\""));
        }
        for day in ["2023-02-29", "2024-05", "2024-05-01 00:00:00", "2024-5-1"] {
            let error = span_of_day(day).unwrap_err();
            assert_eq!(error.violations()[0].message, format!("expected a day `yyyy-MM-dd`, got \"{day}\""));
        }
    }
}
