//! Time zones: the time of now in one, and times of one as those of another.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use recallflow::LocalDateTime;

use crate::failure::Failure;

/// A zone with its name.
#[derive(Clone)]
pub(crate) struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// Returns the zone with an IANA name.
    pub(crate) fn find(name: &str) -> Result<Self, Failure> {
        let zone = TimeZone::get(name).map_err(|_| {
            Failure::Usage(format!("there is no time zone `{name}`; use an IANA name such as `Asia/Shanghai`"))
        })?;
        Ok(Self { name: name.to_owned(), zone })
    }

    /// Returns the time that a clock of the zone shows; `None` if its year has more than four digits.
    pub(crate) fn local_time(&self, time: Timestamp) -> Option<LocalDateTime> {
        let time = time.to_zoned_datetime(self.zone.clone()).datetime();
        let part = |number: i8| number.unsigned_abs();
        let (month, day) = (part(time.month()), part(time.day()));
        let (hour, minute, second) = (part(time.hour()), part(time.minute()), part(time.second()));
        LocalDateTime::new(u16::try_from(time.year()).ok()?, month, day, hour, minute, second)
    }

    /// Returns the moment at which a clock of the zone shows a time. A time that it shows twice is the later moment if it is
    /// the end of a span, so that the span is whole.
    fn moment(&self, time: LocalDateTime, is_end: bool) -> Option<Timestamp> {
        let part = |number: u8| i8::try_from(number).ok();
        let (month, day) = (part(time.month())?, part(time.day())?);
        let (hour, minute, second) = (part(time.hour())?, part(time.minute())?, part(time.second())?);
        let time = DateTime::new(i16::try_from(time.year()).ok()?, month, day, hour, minute, second, 0).ok()?;
        let moment = self.zone.to_ambiguous_zoned_datetime(time);
        let moment = if is_end { moment.later() } else { moment.compatible() };
        moment.ok().map(|moment| moment.timestamp())
    }
}

/// The zone in which times are asked for and shown, and that of the service.
pub(crate) struct Shift {
    shown: Zone,
    service: Zone,
}

impl Shift {
    /// Returns the shift between two zones. The profile must name that of the service.
    pub(crate) fn new(shown: &str, service: Option<&str>) -> Result<Self, Failure> {
        let service = service.ok_or_else(|| {
            Failure::Usage(
                "`--zone` needs a profile with the time zone of the service's times; add `timezone` to it".to_owned(),
            )
        })?;
        Ok(Self { shown: Zone::find(shown)?, service: Zone::find(service)? })
    }

    /// Returns the service's times of a span. A time near the year 1 or 9999 stays.
    pub(crate) fn service_span(&self, (start, end): (LocalDateTime, LocalDateTime)) -> (LocalDateTime, LocalDateTime) {
        (convert(start, &self.shown, &self.service, false), convert(end, &self.shown, &self.service, true))
    }

    /// Returns a time of the service as it is shown.
    pub(crate) fn shown_time(&self, time: LocalDateTime) -> LocalDateTime {
        convert(time, &self.service, &self.shown, false)
    }
}

fn convert(time: LocalDateTime, from: &Zone, to: &Zone, is_end: bool) -> LocalDateTime {
    from.moment(time, is_end).and_then(|moment| to.local_time(moment)).unwrap_or(time)
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (shifted from {}, the service's time)", self.shown.name, self.service.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> LocalDateTime {
        text.parse().unwrap()
    }

    fn shifted(shift: &Shift, start: &str, end: &str) -> (String, String) {
        let (start, end) = shift.service_span((time(start), time(end)));
        (start.to_string(), end.to_string())
    }

    #[test]
    fn a_day_of_one_zone_is_a_span_of_another() {
        let shift = Shift::new("Europe/Berlin", Some("Asia/Shanghai")).unwrap();
        let (start, end) = shifted(&shift, "2024-05-01 00:00:00", "2024-05-01 23:59:59");
        assert_eq!((start.as_str(), end.as_str()), ("2024-05-01 06:00:00", "2024-05-02 05:59:59"));
        assert_eq!(shift.shown_time(time("2024-05-01 06:00:00")), time("2024-05-01 00:00:00"));
    }

    #[test]
    fn a_day_is_whole_when_clocks_change() {
        let shift = Shift::new("Europe/Berlin", Some("UTC")).unwrap();
        // 23 hours, and the start in the hour that does not exist moves forward.
        let spring = shifted(&shift, "2024-03-31 02:30:00", "2024-03-31 23:59:59");
        assert_eq!(spring, ("2024-03-31 01:30:00".to_owned(), "2024-03-31 21:59:59".to_owned()));
        // The hour that exists twice is part of the span both times.
        let autumn = shifted(&shift, "2024-10-27 02:00:00", "2024-10-27 02:59:59");
        assert_eq!(autumn, ("2024-10-27 00:00:00".to_owned(), "2024-10-27 01:59:59".to_owned()));
    }

    #[test]
    fn a_zone_must_be_known() {
        assert!(Zone::find("Atlantis/Center").is_err_and(|error| error.to_string().contains("IANA")));
        let missing = Shift::new("UTC", None).map(|shift| shift.to_string());
        assert!(missing.is_err_and(|error| error.to_string().contains("needs a profile")));
    }
}
