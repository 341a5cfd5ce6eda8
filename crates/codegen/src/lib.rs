//! Renders recallflow's types, rules and reference documents from the hand-written `spec/`.
//!
//! ```text
//! spec/*.toml ──raw──▶ RawSpec ──lower──▶ model::Api ──render──▶ output::File ──▶ write | check
//! ```
//!
//! - [`load`] reads the spec and gives either the whole [`model::Api`] or all that is wrong with the spec.
//! - [`render::render`] turns the model into files. Each renderer is a pure function that sees nothing but the model.
//! - [`generate`] does both for the repository, and formats the Rust among the files.
//! - [`output`] writes the files, or says how those in the repository differ from them.
//!
//! Generation is a command (`cargo xtask codegen`) and not a build script, and its output is committed: a change of the
//! spec can be reviewed by what it does, and the published crate builds without this one.

mod diagnostic;
mod generate;
mod load;
mod lower;
pub mod model;
pub mod names;
pub mod output;
mod raw;
pub mod render;
pub mod rustfmt;

pub use diagnostic::Diagnostic;
pub use generate::{Failure, generate};
pub use load::{load, load_texts};
