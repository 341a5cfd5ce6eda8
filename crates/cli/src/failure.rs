//! Failures: their exit codes, and how they are reported.

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use recallflow::{Error, ErrorKind, WaitReason};

use crate::document::{Document, document};

/// Why a command did not do what it was asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments or the input are wrong. Nothing was sent.
    Usage(String),
    /// A call failed.
    Library(Box<Error>),
    /// Something on this machine failed.
    Local(String),
    /// A part was done.
    Partly(String),
    /// The user said no.
    Declined,
    /// The user pressed Ctrl-C.
    Interrupted,
}

impl Failure {
    /// A failure to read or write something.
    pub(crate) fn io(what: impl fmt::Display, error: &io::Error) -> Self {
        Self::Local(format!("{what}: {error}"))
    }

    /// The exit code of the process.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Library(error) => exit_code_of(error),
            Self::Local(_) | Self::Declined => 1,
            Self::Usage(_) => 2,
            Self::Partly(_) => 6,
            Self::Interrupted => 130,
        }
    }

    /// The name of its class.
    fn class(&self) -> &'static str {
        match self {
            Self::Library(error) => error.kind().as_str(),
            Self::Usage(_) => "UsageError",
            Self::Local(_) => "LocalError",
            Self::Partly(_) => "PartlyDone",
            Self::Declined => "Declined",
            Self::Interrupted => "Interrupted",
        }
    }

    /// What to do.
    fn remedy(&self) -> Option<&str> {
        if let Self::Library(error) = self { error.remedy() } else { None }
    }

    fn to_json(&self) -> Document {
        let error = if let Self::Library(error) = self { Some(error) } else { None };
        document! {
            "class": self.class(),
            "exit_code": self.exit_code(),
            "message": self.to_string(),
            "remedy": self.remedy(),
            "retryable": error.is_some_and(|error| error.is_retryable()),
            "attempts": error.map_or(0, |error| error.call().attempts),
            "code": error.and_then(|error| error.code()),
            "violations": error.map_or(&[][..], |error| error.violations()),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Library(error) => error.fmt(f),
            Self::Usage(message) | Self::Local(message) | Self::Partly(message) => f.write_str(message),
            Self::Declined => f.write_str("nothing was changed"),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(Box::new(error))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // A reader such as `head` that has enough is the only common reason.
        Self::io("the output", &error)
    }
}

fn exit_code_of(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Config | ErrorKind::InvalidRequest => 2,
        ErrorKind::Authentication | ErrorKind::IpRestricted | ErrorKind::TimestampExpired => 3,
        ErrorKind::Timeout => 4,
        ErrorKind::OutcomeUnknown => 5,
        ErrorKind::Incomplete => 6,
        ErrorKind::Wait => match error {
            Error::Wait(wait) if wait.reason == WaitReason::Unreachable => 7,
            _ => 4,
        },
        _ => 1,
    }
}

/// Reports a failure, as a sentence on a terminal and as a JSON object elsewhere. Returns the exit code.
pub(crate) fn report(failure: &Failure) -> ExitCode {
    let mut stderr = anstream::stderr().lock();
    // Nothing can be done if the error output is closed.
    let _ = if io::stderr().is_terminal() {
        writeln!(stderr, "\x1b[1;31merror:\x1b[0m {failure}").and_then(|()| match failure.remedy() {
            // The text of most errors ends with the remedy.
            Some(remedy) if !failure.to_string().contains(remedy) => writeln!(stderr, "{remedy}"),
            _ => Ok(()),
        })
    } else {
        writeln!(stderr, "{}", failure.to_json().text())
    };
    ExitCode::from(failure.exit_code())
}

/// Reports wrong arguments; prints help and version where they were asked for.
pub(crate) fn report_usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() || io::stderr().is_terminal() {
        // Nothing can be done if the output is closed.
        let _ = error.print();
        return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
    }
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let words: Vec<_> = text.split_whitespace().collect();
    report(&Failure::Usage(words.join(" ")))
}
