//! Slots of Python classes, written and read without a detour through the interpreter.
//!
//! The classes are ordinary Python with `__slots__`, and refuse to be changed. What makes their instances goes through
//! the slots' descriptors, which know where in an instance a slot is.

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;

/// One slot of a class.
pub(crate) struct Member {
    descriptor: Py<PyAny>,
    get: ffi::descrgetfunc,
    set: ffi::descrsetfunc,
}

impl Member {
    /// The slot of this name.
    pub(crate) fn new(class: &Bound<'_, PyType>, name: &str) -> PyResult<Self> {
        let descriptor = class.getattr("__dict__")?.get_item(name)?;
        let missing = || PyTypeError::new_err(format!("{class} has no slot `{name}`"));
        // SAFETY: the descriptor's type is alive, and these two slots hold functions of these types or null.
        let (get, set) = unsafe {
            let kind = ffi::Py_TYPE(descriptor.as_ptr());
            let get = ffi::PyType_GetSlot(kind, ffi::Py_tp_descr_get);
            let set = ffi::PyType_GetSlot(kind, ffi::Py_tp_descr_set);
            (
                std::mem::transmute::<*mut std::ffi::c_void, Option<ffi::descrgetfunc>>(get),
                std::mem::transmute::<*mut std::ffi::c_void, Option<ffi::descrsetfunc>>(set),
            )
        };
        let (get, set) = (get.ok_or_else(missing)?, set.ok_or_else(missing)?);
        Ok(Self { descriptor: descriptor.unbind(), get, set })
    }

    /// Fills the slot of an instance of the class.
    pub(crate) fn set(&self, instance: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        // SAFETY: all three are alive, and the function is that of the descriptor's own type, which checks the class
        // of the instance.
        let failed = unsafe { (self.set)(self.descriptor.as_ptr(), instance.as_ptr(), value.as_ptr()) };
        if failed == 0 { Ok(()) } else { Err(PyErr::fetch(instance.py())) }
    }

    /// What is in the slot; an error if it was never filled.
    pub(crate) fn get<'py>(&self, instance: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        // SAFETY: as in `set`; the function returns a new reference, or null with an exception.
        unsafe {
            let kind = ffi::Py_TYPE(instance.as_ptr());
            let value = (self.get)(self.descriptor.as_ptr(), instance.as_ptr(), kind.cast());
            Bound::from_owned_ptr_or_err(instance.py(), value)
        }
    }
}

/// Makes instances of a class without calling `__init__`.
pub(crate) struct Allocator(ffi::allocfunc);

impl Allocator {
    /// The allocator of the class.
    pub(crate) fn new(class: &Bound<'_, PyType>) -> PyResult<Self> {
        // SAFETY: the class is alive, and the slot holds a function of this type or null.
        let allocate = unsafe {
            let allocate = ffi::PyType_GetSlot(class.as_type_ptr(), ffi::Py_tp_alloc);
            std::mem::transmute::<*mut std::ffi::c_void, Option<ffi::allocfunc>>(allocate)
        };
        allocate.map(Self).ok_or_else(|| PyTypeError::new_err(format!("{class} cannot be allocated")))
    }

    /// An instance with empty slots.
    pub(crate) fn allocate<'py>(&self, class: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyAny>> {
        // SAFETY: the allocator is that of the class or of one it derives from, which Python classes share, and returns a
        // new reference, or null with an exception.
        unsafe { Bound::from_owned_ptr_or_err(class.py(), (self.0)(class.as_type_ptr(), 0)) }
    }
}
