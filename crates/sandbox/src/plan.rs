//! The plan for responding to one request: where the response comes from, how it is edited and delivered, and how the
//! connection ends. Faults that concern different parts of the plan can be combined.

use std::time::Duration;

use crate::generated::protocol::{Ending, Fault, Pace, Reflection};
use crate::padding::Size;

/// The plan for responding to one request.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) source: ResponseSource,
    applied: bool,
    pub(crate) delay: Duration,
    /// Changes to the response, in order.
    pub(crate) edits: Vec<Fault>,
    pub(crate) delivery: Delivery,
}

/// Where a response comes from.
#[derive(Default)]
pub(crate) enum ResponseSource {
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
    /// A successful envelope whose body is produced during delivery.
    Padding,
    /// The headers of the request.
    Reflect(Reflection),
    /// There is no response.
    Nothing,
}

/// How a response is sent.
#[derive(Default)]
pub(crate) struct Delivery {
    pub(crate) framing: ResponseFraming,
    /// Interim responses that are sent first.
    pub(crate) interim: Option<Interim>,
    /// Bytes of the body to send, if it is cut off.
    pub(crate) keep: Option<usize>,
    /// Size of the envelope that is produced while it is sent.
    pub(crate) padding: Option<Size>,
    pub(crate) head_pace: Option<Pace>,
    pub(crate) body_pace: Option<Pace>,
    pub(crate) ending: Option<Ending>,
}

/// Interim responses before the final one.
#[derive(Clone, Copy)]
pub(crate) struct Interim {
    pub(crate) count: u32,
    pub(crate) at_once: bool,
}

/// How a response announces the end of its body.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ResponseFraming {
    #[default]
    Length,
    Claimed(u64),
    Chunked,
    UntilClose,
}

impl From<Fault> for Plan {
    fn from(fault: Fault) -> Self {
        let mut plan = Self::default();
        plan.add(fault);
        plan
    }
}

impl Plan {
    /// Returns whether the service applies the request.
    pub(crate) fn applies_request(&self) -> bool {
        self.applied || matches!(self.source, ResponseSource::Service)
    }

    /// Returns whether the response takes long to produce.
    pub(crate) fn is_long(&self) -> bool {
        self.edits.iter().any(|edit| matches!(edit, Fault::GzipBomb(_)))
    }

    fn add(&mut self, fault: Fault) {
        match fault {
            Fault::Ok => {}
            Fault::All(faults) => faults.into_iter().for_each(|fault| self.add(fault)),
            Fault::Delay(delay) => self.delay += delay,
            Fault::Applied => self.applied = true,
            Fault::Status(status) => self.source = ResponseSource::Page(status),
            Fault::Code(code) => self.source = ResponseSource::Code(code),
            Fault::Respond { body, status, headers } => self.source = ResponseSource::Respond { status, headers, body },
            Fault::Raw(bytes) => {
                self.source = ResponseSource::Raw(bytes);
                self.delivery.ending.get_or_insert(Ending::CloseUnsaid);
            }
            Fault::Oversized { bytes } => {
                self.source = ResponseSource::Padding;
                self.delivery.padding = Some(bytes.map_or(Size::Endless, Size::Bytes));
            }
            Fault::Reflect(reflection) => self.source = ResponseSource::Reflect(reflection),
            Fault::HttpStatus(_)
            | Fault::Header(..)
            | Fault::AddHeader(..)
            | Fault::ManyHeaders { .. }
            | Fault::Body(_)
            | Fault::Envelope(_)
            | Fault::Gzip
            | Fault::GzipBomb(_) => self.edits.push(fault),
            Fault::ResetBeforeRead | Fault::Reset => self.respond_nothing(Ending::Reset),
            Fault::Close => self.respond_nothing(Ending::CloseUnsaid),
            Fault::Hold => self.respond_nothing(Ending::Hold),
            Fault::Truncate(bytes) => self.delivery.keep = Some(usize::try_from(bytes).unwrap_or(usize::MAX)),
            Fault::ContentLength(length) => self.delivery.framing = ResponseFraming::Claimed(length),
            Fault::Chunked => self.delivery.framing = ResponseFraming::Chunked,
            Fault::UntilClose => self.delivery.framing = ResponseFraming::UntilClose,
            Fault::Interim { count, at_once } => {
                self.delivery.interim = Some(Interim { count: count.unwrap_or(u32::MAX), at_once });
            }
            Fault::DripHead(pace) => self.delivery.head_pace = Some(pace),
            Fault::DripBody(pace) => self.delivery.body_pace = Some(pace),
            Fault::End(ending) => self.delivery.ending = Some(ending),
        }
    }

    fn respond_nothing(&mut self, ending: Ending) {
        self.source = ResponseSource::Nothing;
        self.delivery.ending = Some(ending);
    }
}
