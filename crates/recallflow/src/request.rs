//! Requests: reading them strictly, checking their rules, and writing their wire form.

pub(crate) mod check;
#[cfg_attr(not(feature = "__ffi"), expect(unreachable_pub, reason = "`ffi` exports a part of it"))]
pub(crate) mod extra;
#[cfg_attr(not(feature = "__ffi"), expect(unreachable_pub, reason = "`ffi` exports it"))]
pub(crate) mod json;
pub(crate) mod lint;
pub(crate) mod path;
pub(crate) mod read;
pub(crate) mod read_value;
#[cfg_attr(not(feature = "__ffi"), expect(unreachable_pub, reason = "`ffi` exports it"))]
pub(crate) mod source;
pub(crate) mod violation;
pub(crate) mod wording;
pub(crate) mod write;
