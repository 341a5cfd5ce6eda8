//! What the packages of other languages share, beside the client itself: a runtime in the background, forks, failures,
//! panics, logs and texts of one byte a character. Nothing here knows a language.

pub mod background;
pub mod failure;
pub mod fork;
pub mod guard;
pub mod latin1;
pub mod logs;
