//! Combines faults, and builds common ones for Rust programs.

use std::time::Duration;

use crate::generated::protocol::{EnvelopeStyle, Fault, Pace};

impl Fault {
    /// Combines this fault with another one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::together([self, other])
    }

    /// Returns whether one request can have all of these faults: at most one replaces the response as a whole, and a
    /// reset before the request is read excludes all others.
    pub(crate) fn can_be_together(faults: &[Self]) -> bool {
        faults.iter().filter(|fault| fault.is_outcome()).count() <= 1
            && (faults.len() <= 1 || !faults.iter().any(Self::is_before_read))
    }

    fn is_outcome(&self) -> bool {
        match self {
            Self::All(parts) => parts.iter().any(Self::is_outcome),
            Self::Ok
            | Self::Status(_)
            | Self::Code(_)
            | Self::Respond { .. }
            | Self::Raw(_)
            | Self::Oversized { .. }
            | Self::Reflect(_)
            | Self::ResetBeforeRead
            | Self::Reset
            | Self::Close
            | Self::Hold => true,
            _ => false,
        }
    }

    /// Combines faults without lists in lists: faults with the same meaning are equal.
    pub(crate) fn together(faults: impl IntoIterator<Item = Self>) -> Self {
        let mut all: Vec<_> = faults.into_iter().flat_map(Self::into_parts).collect();
        if all.len() == 1 { all.remove(0) } else { Self::All(all) }
    }

    fn into_parts(self) -> Vec<Self> {
        match self {
            Self::All(parts) => parts.into_iter().flat_map(Self::into_parts).collect(),
            fault => vec![fault],
        }
    }

    /// Lets the request be applied.
    #[must_use]
    pub fn applied(self) -> Self {
        self.and(Self::Applied)
    }

    /// Delays the response.
    #[must_use]
    pub fn delayed_by(self, delay: Duration) -> Self {
        self.and(Self::Delay(delay))
    }

    /// Sets a header of the response.
    #[must_use]
    pub fn with_header(self, name: &str, value: &str) -> Self {
        self.and(Self::Header(name.to_owned(), Some(value.to_owned())))
    }

    /// Removes a header of the response.
    #[must_use]
    pub fn without_header(self, name: &str) -> Self {
        self.and(Self::Header(name.to_owned(), None))
    }

    /// Adds a header to the response, beside those of the same name.
    #[must_use]
    pub fn with_another_header(self, name: &str, value: &str) -> Self {
        self.and(Self::AddHeader(name.to_owned(), value.to_owned()))
    }

    /// Sets the HTTP status of the response, such as `Fault::Code(-15).with_status(429)`.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        self.and(Self::HttpStatus(status))
    }

    /// Writes the envelope in another style.
    #[must_use]
    pub fn in_envelope(self, style: EnvelopeStyle) -> Self {
        self.and(Self::Envelope(style))
    }

    /// Returns the fault that replaces the body of the service's response.
    #[must_use]
    pub fn body(body: impl Into<Vec<u8>>) -> Self {
        Self::Body(body.into())
    }

    /// Returns the fault that sets `Date`, to any text.
    #[must_use]
    pub fn date(date: &str) -> Self {
        Self::Ok.with_header("Date", date)
    }

    /// Returns a redirect.
    #[must_use]
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::Status(status).with_header("Location", location)
    }

    /// Returns the fault that sends the body in pieces.
    #[must_use]
    pub fn drip(bytes: u32, interval: Duration) -> Self {
        Self::DripBody(Pace { bytes, interval })
    }

    /// Returns whether the fault happens before the request is read.
    pub(crate) fn is_before_read(&self) -> bool {
        match self {
            Self::ResetBeforeRead => true,
            Self::All(faults) => faults.iter().any(Self::is_before_read),
            _ => false,
        }
    }
}

impl From<u16> for Fault {
    fn from(status: u16) -> Self {
        Self::Status(status)
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn faults_together_are_one_list() {
        let fault = Fault::Status(504).and(Fault::Applied).and(Fault::Chunked);
        assert_eq!(fault, Fault::All(vec![Fault::Status(504), Fault::Applied, Fault::Chunked]));
        assert_eq!(Fault::Status(504).and(Fault::Applied.and(Fault::Chunked)), fault);
        assert_eq!(Fault::together([Fault::All(vec![Fault::All(vec![Fault::Reset])])]), Fault::Reset);
    }
}
