//! Calls Python code from native code.
//!
//! While the interpreter exits, CPython before 3.14 ends every other thread that asks for the interpreter's lock by
//! unwinding its stack, which aborts the process when it reaches Rust code. PyO3 makes such threads sleep where it asks for
//! the lock itself. Python code that native code calls asks for the lock without PyO3.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// Calls a callable with these arguments. The thread sleeps forever if the interpreter ends it meanwhile.
pub(crate) fn call<'py>(callable: &Bound<'py, PyAny>, arguments: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: both are alive, and the function returns a new reference, or null with an exception.
    unsafe { Bound::from_owned_ptr_or_err(callable.py(), call_or_sleep(callable.as_ptr(), arguments.as_ptr())) }
}

#[cfg(unix)]
unsafe fn call_or_sleep(callable: *mut ffi::PyObject, arguments: *mut ffi::PyObject) -> *mut ffi::PyObject {
    type Call =
        unsafe extern "C-unwind" fn(*mut ffi::PyObject, *mut ffi::PyObject, *mut ffi::PyObject) -> *mut ffi::PyObject;

    /// Dropped only by unwinding.
    struct Sleeper;
    impl Drop for Sleeper {
        fn drop(&mut self) {
            loop {
                std::thread::park();
            }
        }
    }

    // PyO3 declares the function as one that never unwinds. Link-time optimization would apply that to a second
    // declaration of it, and to a pointer whose origin is known, and would then remove `Sleeper`.
    // SAFETY: the types differ only in whether the function may unwind.
    let call: Call = unsafe { std::mem::transmute(std::hint::black_box(ffi::PyObject_Call as *const ())) };
    let sleeper = Sleeper;
    // SAFETY: as the caller promises.
    let result = unsafe { call(callable, arguments, std::ptr::null_mut()) };
    std::mem::forget(sleeper);
    result
}

/// Threads are not unwound on other systems.
#[cfg(not(unix))]
unsafe fn call_or_sleep(callable: *mut ffi::PyObject, arguments: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: as the caller promises.
    unsafe { ffi::PyObject_Call(callable, arguments, std::ptr::null_mut()) }
}
