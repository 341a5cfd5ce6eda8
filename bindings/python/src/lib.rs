//! The private native module of the Python package.
//!
//! It converts Python values to JSON for the core, and the core's records to Python values. It runs calls without the
//! interpreter's lock, lets signals interrupt them, and keeps clients usable after a fork.

#![expect(clippy::needless_pass_by_value, reason = "PyO3 passes arguments by value")]

mod classes;
mod completions;
mod core;
mod errors;
mod from_python;
mod interrupt;
mod json_text;
mod log;
mod objects;
mod options;
mod order;
mod outcome;
mod pages;
mod python;
mod rows;
mod sandbox;
mod slots;
mod times;
mod to_json;
mod to_python;
mod values;
mod wait;

use pyo3::prelude::*;

// Shared state relies on the interpreter's lock.
#[pymodule(gil_used = true)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::classes::setup;
    #[pymodule_export]
    use crate::completions::Completions;
    #[pymodule_export]
    use crate::core::{Call, Core, edit_changes};
    #[pymodule_export]
    use crate::errors::refusal;
    #[pymodule_export]
    use crate::outcome::Outcome;
    #[pymodule_export]
    use crate::pages::PageReader;
    #[pymodule_export]
    use crate::rows::{RowEncoder, to_row};
    #[pymodule_export]
    use crate::sandbox::{Sandbox, serve_sandbox};
    #[pymodule_export]
    use crate::values::{
        add_amounts, check_pending, describe_drift, from_dict, from_wire, parse_fee, span_of_day, span_of_month, time,
        to_update, to_wire, total_fees, validate, warnings, wire_names,
    };
    #[pymodule_export]
    use crate::wait::Wait;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("VERSION", env!("CARGO_PKG_VERSION"))
    }
}
