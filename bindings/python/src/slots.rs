//! Fills and reads the slots of Python classes directly, without calling the interpreter.
//!
//! The classes are ordinary Python classes with `__slots__`, whose instances are immutable. The offset of each slot in an
//! instance is found by a trial at import, rather than assumed.

use std::ffi::c_void;

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

/// One slot of a class.
pub(crate) struct Slot {
    descriptor: Py<PyAny>,
    get: ffi::descrgetfunc,
    /// Bytes from the beginning of an instance to the slot.
    offset: usize,
}

impl Slot {
    /// Finds the slot of this name.
    pub(crate) fn new(class: &Bound<'_, PyType>, allocator: &Allocator, name: &str) -> PyResult<Self> {
        let descriptor = class.getattr(name)?;
        let missing = || PyTypeError::new_err(format!("{class} has no slot `{name}`"));
        // SAFETY: the descriptor's type is alive, and this slot of it holds a function of this type or null.
        let get = unsafe {
            let get = ffi::PyType_GetSlot(ffi::Py_TYPE(descriptor.as_ptr()), ffi::Py_tp_descr_get);
            std::mem::transmute::<*mut c_void, Option<ffi::descrgetfunc>>(get)
        };
        let offset = find_offset(class, allocator, &descriptor)?.ok_or_else(missing)?;
        Ok(Self { descriptor: descriptor.unbind(), get: get.ok_or_else(missing)?, offset })
    }

    /// Fills the empty slot of a new instance of the same class.
    pub(crate) fn fill(&self, instance: &NewInstance<'_>, value: Bound<'_, PyAny>) {
        // SAFETY: `find_offset` found the offset of this slot, which is one word, in instances of this class.
        unsafe { instance.slot_address(self.offset).write(value.into_ptr()) }
    }

    /// Returns the value of a new instance's slot, to be shared by another slot; `None` if the slot is empty.
    pub(crate) fn share<'py>(&self, instance: &NewInstance<'py>) -> Option<Bound<'py, PyAny>> {
        // SAFETY: `find_offset` found the offset of this slot in instances of this class. An empty slot is null.
        unsafe { Bound::from_borrowed_ptr_or_opt(instance.0.py(), instance.slot_address(self.offset).read()) }
    }

    /// Returns the value of a slot; an empty slot is an error.
    pub(crate) fn get<'py>(&self, instance: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        // SAFETY: all are alive, and the function is that of the descriptor's own type, which checks the class of the
        // instance. It returns a new reference, or null with an exception.
        unsafe {
            let kind = ffi::Py_TYPE(instance.as_ptr());
            let value = (self.get)(self.descriptor.as_ptr(), instance.as_ptr(), kind.cast());
            Bound::from_owned_ptr_or_err(instance.py(), value)
        }
    }
}

/// Returns the offset at which a descriptor stores its value.
fn find_offset(
    class: &Bound<'_, PyType>,
    allocator: &Allocator,
    descriptor: &Bound<'_, PyAny>,
) -> PyResult<Option<usize>> {
    let py = class.py();
    let size = class.getattr("__basicsize__")?.extract::<usize>()?;
    let instance = allocator.allocate_instance(class)?;
    // A unique sentinel object.
    let value = PyDict::new(py);
    descriptor.call_method1("__set__", (&instance.0, &value))?;
    let words = (0..size).step_by(size_of::<usize>());
    // SAFETY: the instance has at least this size, and its words are only compared.
    let mut found = words.filter(|&offset| unsafe { instance.slot_address(offset).read() } == value.as_ptr());
    Ok(found.next().filter(|_| found.next().is_none()))
}

/// A new instance with empty slots.
pub(crate) struct NewInstance<'py>(Bound<'py, PyAny>);

impl<'py> NewInstance<'py> {
    fn slot_address(&self, offset: usize) -> *mut *mut ffi::PyObject {
        self.0.as_ptr().wrapping_byte_add(offset).cast()
    }

    /// Returns the instance. All its slots must be filled.
    pub(crate) fn into_instance(self) -> Bound<'py, PyAny> {
        self.0
    }

    /// Returns the instance. All its slots must be filled with values that do not refer to other objects: it is hidden
    /// from the garbage collector, because it cannot be part of a cycle.
    pub(crate) fn finish_leaf(self) -> Bound<'py, PyAny> {
        // SAFETY: the collector tracks instances of Python classes, and untracking is always allowed.
        unsafe { ffi::PyObject_GC_UnTrack(self.0.as_ptr().cast()) };
        self.0
    }
}

/// Allocates instances of a class without calling `__init__`.
pub(crate) struct Allocator(ffi::allocfunc);

impl Allocator {
    /// Returns the allocator of a class.
    pub(crate) fn new(class: &Bound<'_, PyType>) -> PyResult<Self> {
        // SAFETY: the class is alive, and the slot holds a function of this type or null.
        let allocate = unsafe {
            let allocate = ffi::PyType_GetSlot(class.as_type_ptr(), ffi::Py_tp_alloc);
            std::mem::transmute::<*mut c_void, Option<ffi::allocfunc>>(allocate)
        };
        allocate.map(Self).ok_or_else(|| PyTypeError::new_err(format!("{class} cannot be allocated")))
    }

    /// Allocates an instance with empty slots. The class is the one of the allocator, or derives from it.
    pub(crate) fn allocate_instance<'py>(&self, class: &Bound<'py, PyType>) -> PyResult<NewInstance<'py>> {
        // SAFETY: derived classes share the allocator, which returns a new reference to a zeroed instance, or null with an
        // exception.
        unsafe { Bound::from_owned_ptr_or_err(class.py(), (self.0)(class.as_type_ptr(), 0)).map(NewInstance) }
    }
}
