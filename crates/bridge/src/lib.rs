//! What the packages of other languages share, beside the client itself: a runtime in the background, forks, panics
//! and logs. Nothing here knows a language.

pub mod background;
pub mod fork;
pub mod guard;
pub mod logs;
pub mod ticks;
