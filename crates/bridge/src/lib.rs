//! Code that the Python and Node packages share: the background runtime, fork detection, signals, error payloads, panics,
//! logs and Latin-1 text. Nothing here depends on a language.

pub mod background;
pub mod failure;
pub mod fork;
pub mod guard;
pub mod latin1;
pub mod logs;
pub mod sigpipe;
