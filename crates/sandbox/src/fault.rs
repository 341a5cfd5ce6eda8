//! What faults there are, and what each changes in the plan for answering a request.
//!
//! A fault is data. It is laid out as a [`Plan`]: where the answer comes from, how it is edited, how it is delivered
//! and how the connection ends. Faults that concern different parts of the plan go together ([`Fault::and`]).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::envelope::EnvelopeStyle;
use crate::fault_json::{bytes, millis};
use crate::padding::Size;

/// What happens to one request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing: the request is answered as the service does.
    Ok,
    /// All of these together.
    All(Vec<Fault>),
    /// The answer comes after this time, in milliseconds where it is written as JSON. The request is carried out at once.
    Delay(#[serde(with = "millis")] Duration),
    /// The request is carried out even where another fault keeps its answer back.
    Applied,

    /// An HTML page with this HTTP status, such as gateways answer; the request is not carried out.
    Status(u16),
    /// The service's envelope with this code; the request is not carried out.
    Code(i64),
    /// This very answer; the request is not carried out. `Date`, `Content-Length` and `Connection` are added.
    Respond {
        /// HTTP status.
        status: u16,
        /// Headers in their order.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// Body.
        #[serde(default, with = "bytes")]
        body: Vec<u8>,
    },
    /// These very bytes instead of an HTTP answer, and then the end of the connection unless [`Fault::End`] says
    /// otherwise; the request is not carried out.
    Raw(#[serde(with = "bytes")] Vec<u8>),
    /// A successful envelope of this many bytes, or one that never ends; the request is not carried out.
    Oversized {
        /// Size of the body in bytes.
        bytes: Option<u64>,
    },

    /// An answer that holds all headers of the request, the signature too; the request is not carried out.
    Reflect(Reflection),

    /// A change to the answer; changes are made in their order.
    Edit(Edit),

    /// The connection is reset when the request begins to arrive, before a byte of it is read. Must come from
    /// [`script`](crate::Sandbox::script), as nothing is known of the request.
    ResetBeforeRead,
    /// The connection is reset instead of an answer; the request is not carried out.
    Reset,
    /// The connection is closed instead of an answer; the request is not carried out.
    Close,
    /// No answer comes and the connection stays open; the request is not carried out.
    Hold,

    /// The body ends after this many bytes; the head promises all of it.
    Truncate(usize),
    /// `Content-Length` is this, whatever the body's length is.
    ContentLength(u64),
    /// The body is sent in chunks.
    Chunked,
    /// The body has no length; the end of the connection ends it.
    UntilClose,
    /// This many interim answers (HTTP 102) come before the answer, or nothing else ever.
    Interim {
        /// How many; endless if none is given.
        count: Option<u32>,
        /// Whether they come as fast as the client takes them, and not only as fast as one can read them that was built
        /// for debugging.
        #[serde(default, skip_serializing_if = "is_false")]
        at_once: bool,
    },
    /// The head comes in small pieces.
    DripHead(Pace),
    /// The body comes in small pieces.
    DripBody(Pace),
    /// How the connection ends after the answer.
    End(Ending),
}

/// A change to an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Edit {
    /// Another HTTP status, with the same body.
    Status(u16),
    /// A header set, or taken away.
    Header(String, Option<String>),
    /// A header beside those of the same name.
    Add(String, String),
    /// Many headers more.
    Headers {
        /// How many.
        count: u32,
        /// Length of the value of each.
        bytes: usize,
    },
    /// Another body.
    Body(#[serde(with = "bytes")] Vec<u8>),
    /// Other names and forms in the envelope.
    Envelope(EnvelopeStyle),
    /// The body compressed with gzip.
    Gzip,
    /// In place of the body, a successful envelope of this many bytes, compressed with gzip.
    GzipBomb(u64),
}

/// Where an answer holds the headers of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reflection {
    /// In an HTML page, with HTTP status 500.
    Page,
    /// In the message of code -22.
    Message,
    /// In `Content-Encoding`, with HTTP status 200 and an HTML page.
    Encoding,
}

/// How fast pieces are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// Bytes in a piece.
    pub bytes: usize,
    /// Time before each piece, in milliseconds where it is written as JSON.
    #[serde(with = "millis")]
    pub interval: Duration,
}

/// How a connection ends after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// It stays open for the next request.
    KeepAlive,
    /// It is closed, as `Connection: close` says.
    CloseSaid,
    /// It is closed, though the answer promises to keep it.
    CloseUnsaid,
    /// It is reset, though the answer promises to keep it.
    Reset,
    /// It stays open, and is closed without an answer when the next request has arrived.
    Stale,
    /// It stays open and nothing more happens on it.
    Hold,
}

impl Fault {
    /// This fault and another one together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::together([self, other])
    }

    /// Whether one request can be answered by all of these: not more than one says what comes of it as a whole.
    pub(crate) fn can_be_together(faults: &[Self]) -> bool {
        let is_outcome = |fault: &&Self| {
            matches!(
                fault,
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
                    | Self::Hold
            )
        };
        faults.iter().filter(is_outcome).count() <= 1
    }

    /// Faults together as one, without lists in lists, so that what means the same is equal.
    pub(crate) fn together(faults: impl IntoIterator<Item = Self>) -> Self {
        let parts = |fault| match fault {
            Self::All(parts) => parts,
            fault => vec![fault],
        };
        let mut all: Vec<_> = faults.into_iter().flat_map(parts).collect();
        if all.len() == 1 { all.remove(0) } else { Self::All(all) }
    }

    /// The same, though the request is carried out.
    #[must_use]
    pub fn applied(self) -> Self {
        self.and(Self::Applied)
    }

    /// The same, after a time.
    #[must_use]
    pub fn after(self, delay: Duration) -> Self {
        self.and(Self::Delay(delay))
    }

    /// The same with a header.
    #[must_use]
    pub fn with_header(self, name: &str, value: &str) -> Self {
        self.and(Self::Edit(Edit::Header(name.to_owned(), Some(value.to_owned()))))
    }

    /// The same without a header that answers have.
    #[must_use]
    pub fn without_header(self, name: &str) -> Self {
        self.and(Self::Edit(Edit::Header(name.to_owned(), None)))
    }

    /// The same with this HTTP status, such as `Fault::Code(-15).with_status(429)`.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        self.and(Self::Edit(Edit::Status(status)))
    }

    /// The same with other names and forms in the envelope.
    #[must_use]
    pub fn in_envelope(self, style: EnvelopeStyle) -> Self {
        self.and(Self::Edit(Edit::Envelope(style)))
    }

    /// The answer of the service with another body.
    #[must_use]
    pub fn body(body: impl Into<Vec<u8>>) -> Self {
        Self::Edit(Edit::Body(body.into()))
    }

    /// The answer of the service with this `Date`, malformed or not.
    #[must_use]
    pub fn date(date: &str) -> Self {
        Self::Ok.with_header("Date", date)
    }

    /// The answer of the service with a header beside those of the same name.
    #[must_use]
    pub fn with_another_header(self, name: &str, value: &str) -> Self {
        self.and(Self::Edit(Edit::Add(name.to_owned(), value.to_owned())))
    }

    /// A redirect.
    #[must_use]
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::Status(status).with_header("Location", location)
    }

    /// The answer of the service, compressed with gzip.
    #[must_use]
    pub fn gzip() -> Self {
        Self::Edit(Edit::Gzip)
    }

    /// The answer of the service, but the connection is dead for the next request.
    #[must_use]
    pub fn stale() -> Self {
        Self::End(Ending::Stale)
    }

    /// The answer of the service, of which the body comes in pieces.
    #[must_use]
    pub fn drip(bytes: usize, interval: Duration) -> Self {
        Self::DripBody(Pace { bytes, interval })
    }

    /// Whether the fault happens before the request is read.
    pub(crate) fn is_before_read(&self) -> bool {
        match self {
            Self::ResetBeforeRead => true,
            Self::All(faults) => faults.iter().any(Self::is_before_read),
            _ => false,
        }
    }

    /// What the fault makes of a request.
    pub(crate) fn into_plan(self) -> Plan {
        let mut plan = Plan::default();
        plan.add(self);
        plan
    }
}

/// Leaves out what is not written where nothing else is meant.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl From<u16> for Fault {
    fn from(status: u16) -> Self {
        Self::Status(status)
    }
}

/// How a request is answered.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) source: Source,
    applied: bool,
    pub(crate) delay: Duration,
    pub(crate) edits: Vec<Edit>,
    pub(crate) delivery: Delivery,
}

/// Where an answer comes from.
#[derive(Default)]
pub(crate) enum Source {
    /// The service.
    #[default]
    Service,
    /// A gateway before the service.
    Page(u16),
    Code(i64),
    Respond {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    Raw(Vec<u8>),
    /// A successful envelope, of which delivery makes the body.
    Padding,
    /// The headers of the request.
    Reflect(Reflection),
    /// There is no answer.
    Nothing,
}

/// How an answer is sent.
#[derive(Default)]
pub(crate) struct Delivery {
    pub(crate) framing: Framing,
    /// The interim answers that come first.
    pub(crate) interim: Option<Interim>,
    /// How many bytes of the body are sent, where it is cut off.
    pub(crate) keep: Option<usize>,
    /// The size of the envelope that is made up while it is sent.
    pub(crate) padding: Option<Size>,
    pub(crate) head_pace: Option<Pace>,
    pub(crate) body_pace: Option<Pace>,
    pub(crate) ending: Option<Ending>,
}

/// Answers that come before the answer.
#[derive(Clone, Copy)]
pub(crate) struct Interim {
    pub(crate) count: u32,
    pub(crate) at_once: bool,
}

/// How an answer says where its body ends.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Framing {
    #[default]
    Length,
    Claimed(u64),
    Chunked,
    UntilClose,
}

impl Plan {
    /// Whether the service carries the request out.
    pub(crate) fn carries_out(&self) -> bool {
        self.applied || matches!(self.source, Source::Service)
    }

    /// Whether making the answer takes long.
    pub(crate) fn is_long(&self) -> bool {
        self.edits.iter().any(|edit| matches!(edit, Edit::GzipBomb(_)))
    }

    fn add(&mut self, fault: Fault) {
        match fault {
            Fault::Ok => {}
            Fault::All(faults) => faults.into_iter().for_each(|fault| self.add(fault)),
            Fault::Delay(delay) => self.delay += delay,
            Fault::Applied => self.applied = true,
            Fault::Status(status) => self.source = Source::Page(status),
            Fault::Code(code) => self.source = Source::Code(code),
            Fault::Respond { status, headers, body } => self.source = Source::Respond { status, headers, body },
            Fault::Raw(bytes) => {
                self.source = Source::Raw(bytes);
                self.delivery.ending.get_or_insert(Ending::CloseUnsaid);
            }
            Fault::Oversized { bytes } => {
                self.source = Source::Padding;
                self.delivery.padding = Some(bytes.map_or(Size::Endless, Size::Bytes));
            }
            Fault::Reflect(reflection) => self.source = Source::Reflect(reflection),
            Fault::Edit(edit) => self.edits.push(edit),
            Fault::ResetBeforeRead | Fault::Reset => self.answer_nothing(Ending::Reset),
            Fault::Close => self.answer_nothing(Ending::CloseUnsaid),
            Fault::Hold => self.answer_nothing(Ending::Hold),
            Fault::Truncate(keep) => self.delivery.keep = Some(keep),
            Fault::ContentLength(length) => self.delivery.framing = Framing::Claimed(length),
            Fault::Chunked => self.delivery.framing = Framing::Chunked,
            Fault::UntilClose => self.delivery.framing = Framing::UntilClose,
            Fault::Interim { count, at_once } => {
                self.delivery.interim = Some(Interim { count: count.unwrap_or(u32::MAX), at_once });
            }
            Fault::DripHead(pace) => self.delivery.head_pace = Some(pace),
            Fault::DripBody(pace) => self.delivery.body_pace = Some(pace),
            Fault::End(ending) => self.delivery.ending = Some(ending),
        }
    }

    fn answer_nothing(&mut self, ending: Ending) {
        self.source = Source::Nothing;
        self.delivery.ending = Some(ending);
    }
}
