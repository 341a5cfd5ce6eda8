//! What is strict: the values that are sent, the rules they obey and how they are read and written.

pub(crate) mod check;
pub(crate) mod lint;
pub(crate) mod path;
pub(crate) mod read;
pub(crate) mod violation;
pub(crate) mod write;
