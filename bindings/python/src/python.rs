//! Calls Python code in the middle of native code.
//!
//! While an interpreter ends, CPython before 3.14 ends every other thread where it next asks for the interpreter's lock:
//! by unwinding its stack, which aborts the process when that comes to Rust code. PyO3 lets threads that come back from
//! native code sleep instead, as CPython does since. Python code that native code calls asks for the lock by itself.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// Calls a callable with these arguments. The thread sleeps for ever if the interpreter ends it meanwhile.
pub(crate) fn call<'py>(callable: &Bound<'py, PyAny>, arguments: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: both are alive, and the function returns a new reference, or null with an exception.
    unsafe { Bound::from_owned_ptr_or_err(callable.py(), kept(callable.as_ptr(), arguments.as_ptr())) }
}

#[cfg(unix)]
unsafe fn kept(callable: *mut ffi::PyObject, arguments: *mut ffi::PyObject) -> *mut ffi::PyObject {
    unsafe extern "C-unwind" {
        // PyO3 declares it as one that never unwinds, so that nothing could stop that.
        fn PyObject_Call(
            callable: *mut ffi::PyObject,
            arguments: *mut ffi::PyObject,
            names: *mut ffi::PyObject,
        ) -> *mut ffi::PyObject;
    }

    /// Dropped only by unwinding.
    struct Sleeper;
    impl Drop for Sleeper {
        fn drop(&mut self) {
            loop {
                std::thread::park();
            }
        }
    }

    let sleeper = Sleeper;
    // SAFETY: as the caller promises.
    let result = unsafe { PyObject_Call(callable, arguments, std::ptr::null_mut()) };
    std::mem::forget(sleeper);
    result
}

/// No thread is unwound here.
#[cfg(not(unix))]
unsafe fn kept(callable: *mut ffi::PyObject, arguments: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: as the caller promises.
    unsafe { ffi::PyObject_Call(callable, arguments, std::ptr::null_mut()) }
}
