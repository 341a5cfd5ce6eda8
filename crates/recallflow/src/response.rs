//! Responses, read leniently: unknown, missing and odd values are never errors.

pub(crate) mod coerce;
pub(crate) mod content;
pub(crate) mod envelope;
pub(crate) mod read;
mod read_any;
pub(crate) mod record;
pub(crate) mod shape;
pub(crate) mod table;
pub(crate) mod text;
mod tokens;
pub(crate) mod unreadable;
pub(crate) mod write;
