//! Requests: how they are read, which rules they obey, and how they are written.

pub(crate) mod check;
#[cfg_attr(not(feature = "__ffi"), expect(unreachable_pub, reason = "`ffi` exports it"))]
pub(crate) mod json;
pub(crate) mod lint;
pub(crate) mod path;
pub(crate) mod read;
#[cfg_attr(not(feature = "__ffi"), expect(unreachable_pub, reason = "`ffi` exports it"))]
pub(crate) mod source;
pub(crate) mod violation;
pub(crate) mod wording;
pub(crate) mod write;
