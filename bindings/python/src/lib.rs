//! The native module behind the Python package: private, and called by its Python modules only.
//!
//! It holds no logic of the client's. It turns Python values into JSON for the core and the core's records into Python
//! values, and lets calls run beside the interpreter: without its lock, interruptible, and across forks.

#![expect(clippy::needless_pass_by_value, reason = "PyO3 hands over arguments by value")]

mod classes;
mod completions;
mod core;
mod errors;
mod from_python;
mod interrupt;
mod log;
mod options;
mod order;
mod pages;
mod python;
mod sandbox;
mod slots;
mod times;
mod to_python;
mod values;

use pyo3::prelude::*;

// The lock of the interpreter is what keeps shared state together; without it the module would have to lock itself.
#[pymodule(gil_used = true)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::classes::setup;
    #[pymodule_export]
    use crate::completions::Completions;
    #[pymodule_export]
    use crate::core::Core;
    #[pymodule_export]
    use crate::pages::Reader;
    #[pymodule_export]
    use crate::sandbox::Sandbox;
    #[pymodule_export]
    use crate::values::{
        from_dict, from_wire, parse_fee, time, to_update, to_wire, total_fees, validate, warnings, wire_names,
    };

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("VERSION", env!("CARGO_PKG_VERSION"))
    }
}
