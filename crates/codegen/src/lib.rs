//! Renders recallflow's types, rules and reference documents from the hand-written `spec/`.
//!
//! ```text
//! spec/*.toml ──raw──▶ RawSpec ──lower──▶ model::Api ──render──▶ output::File ──▶ write | check
//! ```
//!
//! - [`load`] reads the spec. It returns the whole [`model::Api`], or all problems of the spec.
//! - [`render::render`] renders the model to files. Each renderer is a pure function of the model.
//! - [`render::sections`] renders the tables of hand-written pages, which stand between markers.
//! - [`generate`] does all of this for the repository and formats the Rust files.
//! - [`output`] writes the files, or compares them with those in the repository.
//!
//! Generation is a command, `cargo xtask codegen`, and its output is committed. A build script would hide the effect of a
//! spec change from reviewers, and the published crate would depend on this one.

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
pub mod sections;

pub use diagnostic::Diagnostic;
pub use generate::{GenerateError, generate};
pub use load::{load, load_texts};
