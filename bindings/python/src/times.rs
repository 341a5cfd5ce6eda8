//! Creates `datetime` objects.
//!
//! The C functions of the module `datetime` are several times as fast as calling its class. They are not part of the
//! stable ABI, so they are used only in versions of Python that are known to have them in this form.

use std::ffi::{c_int, c_void};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyType};
use recallflow::LocalDateTime;

/// Creates `datetime` objects, by the C function if it is available.
pub(crate) struct DatetimeFactory {
    class: Py<PyType>,
    make: Option<DatetimeFunction>,
}

/// Year, month, day, hour, minute, second, microsecond, zone, class.
type DatetimeFunction = unsafe extern "C" fn(
    c_int,
    c_int,
    c_int,
    c_int,
    c_int,
    c_int,
    c_int,
    *mut ffi::PyObject,
    *mut ffi::PyTypeObject,
) -> *mut ffi::PyObject;

/// The beginning of `PyDateTime_CAPI` in `datetime.h`.
#[repr(C)]
struct Functions {
    classes: [*mut ffi::PyObject; CLASSES.len()],
    _utc: *mut ffi::PyObject,
    _date: *const c_void,
    date_time: Option<DatetimeFunction>,
}

const CLASSES: [&str; 5] = ["date", "datetime", "time", "timedelta", "tzinfo"];

/// The newest version of Python in which `Functions` is known to be correct.
const NEWEST: (u8, u8) = (3, 14);

impl DatetimeFactory {
    pub(crate) fn new(py: Python<'_>) -> PyResult<Self> {
        let class = py.import("datetime")?.getattr("datetime")?.cast_into::<PyType>()?.unbind();
        Ok(Self { class, make: find_function(py)? })
    }

    /// Creates the `datetime` of this time, without a zone.
    pub(crate) fn new_datetime<'py>(&self, py: Python<'py>, time: LocalDateTime) -> PyResult<Bound<'py, PyAny>> {
        let class = self.class.bind(py);
        let Some(make) = self.make else {
            // Passing the ten bytes of its pickle is several times as fast as passing six numbers.
            let [century, year] = time.year().to_be_bytes();
            let bytes = [century, year, time.month(), time.day(), time.hour(), time.minute(), time.second(), 0, 0, 0];
            return class.call1((PyBytes::new(py, &bytes),));
        };
        let [month, day] = [time.month(), time.day()].map(c_int::from);
        let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(c_int::from);
        // SAFETY: the class and `None` are alive, and `find_function` checked that the function has this signature. It
        // returns a new reference, or null with an exception.
        unsafe {
            let time =
                make(time.year().into(), month, day, hour, minute, second, 0, ffi::Py_None(), class.as_type_ptr());
            Bound::from_owned_ptr_or_err(py, time)
        }
    }
}

/// Returns the C function, if this version of Python is known to have it.
fn find_function(py: Python<'_>) -> PyResult<Option<DatetimeFunction>> {
    let version = py.version_info();
    if (version.major, version.minor) > NEWEST {
        return Ok(None);
    }
    // SAFETY: the name ends with a zero. The result is the pointer in the capsule of this name, or null with an exception.
    let functions = unsafe { ffi::PyCapsule_Import(c"datetime.datetime_CAPI".as_ptr(), 0) }.cast::<Functions>();
    if functions.is_null() {
        return Err(PyErr::fetch(py));
    }
    // SAFETY: in versions up to `NEWEST`, the capsule begins with these fields, and is never freed.
    let Functions { classes, date_time, .. } = unsafe { &*functions };
    let module = py.import("datetime")?;
    for (class, name) in classes.iter().zip(CLASSES) {
        if *class != module.getattr(name)?.as_ptr() {
            return Ok(None);
        }
    }
    Ok(*date_time)
}
