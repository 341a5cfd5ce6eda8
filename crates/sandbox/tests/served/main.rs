//! The sandbox, as clients and programs use it.

mod cli;
mod client;
mod faults;
mod protocol;
mod recording;
mod service;
