//! Slots of Python classes, filled and read without a detour through the interpreter.
//!
//! The classes are ordinary Python with `__slots__`, and refuse to be changed. What makes their instances fills the slots
//! of new ones directly. Where in an instance a slot lies is found out by a trial at import, rather than assumed.

use std::ffi::c_void;

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

/// One slot of a class.
pub(crate) struct Member {
    descriptor: Py<PyAny>,
    get: ffi::descrgetfunc,
    /// Bytes from the beginning of an instance to the slot.
    offset: usize,
}

impl Member {
    /// The slot of this name.
    pub(crate) fn new(class: &Bound<'_, PyType>, allocator: &Allocator, name: &str) -> PyResult<Self> {
        let descriptor = class.getattr("__dict__")?.get_item(name)?;
        let missing = || PyTypeError::new_err(format!("{class} has no slot `{name}`"));
        // SAFETY: the descriptor's type is alive, and this slot of it holds a function of this type or null.
        let get = unsafe {
            let get = ffi::PyType_GetSlot(ffi::Py_TYPE(descriptor.as_ptr()), ffi::Py_tp_descr_get);
            std::mem::transmute::<*mut c_void, Option<ffi::descrgetfunc>>(get)
        };
        let offset = find(class, allocator, &descriptor)?.ok_or_else(missing)?;
        Ok(Self { descriptor: descriptor.unbind(), get: get.ok_or_else(missing)?, offset })
    }

    /// Fills the slot of an instance that was just allocated, with the same class's allocator.
    pub(crate) fn fill(&self, instance: &New<'_>, value: Bound<'_, PyAny>) {
        // SAFETY: `find` saw that a value of this class's instances lies there, in one word, and it is still empty.
        unsafe { instance.word(self.offset).write(value.into_ptr()) }
    }

    /// What the slot of such an instance was filled with, for another slot as well.
    pub(crate) fn again<'py>(&self, instance: &New<'py>) -> Option<Bound<'py, PyAny>> {
        // SAFETY: `find` saw that a value of this class's instances lies there; it is alive, or null if there is none.
        unsafe { Bound::from_borrowed_ptr_or_opt(instance.0.py(), instance.word(self.offset).read()) }
    }

    /// What is in the slot; an error if it was never filled.
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

/// Where in an instance of a class the descriptor puts a value.
fn find(class: &Bound<'_, PyType>, allocator: &Allocator, descriptor: &Bound<'_, PyAny>) -> PyResult<Option<usize>> {
    let py = class.py();
    let size = class.getattr("__basicsize__")?.extract::<usize>()?;
    let instance = allocator.allocate(class)?;
    // Something that is nowhere else.
    let value = PyDict::new(py);
    descriptor.call_method1("__set__", (&instance.0, &value))?;
    let words = (0..size).step_by(size_of::<usize>());
    // SAFETY: the instance is that large at least, and its words are read as plain numbers.
    let mut found = words.filter(|&offset| unsafe { instance.word(offset).read() } == value.as_ptr());
    Ok(found.next().filter(|_| found.next().is_none()))
}

/// A new instance, whose slots are empty until they are filled.
pub(crate) struct New<'py>(Bound<'py, PyAny>);

impl<'py> New<'py> {
    fn word(&self, offset: usize) -> *mut *mut ffi::PyObject {
        self.0.as_ptr().wrapping_byte_add(offset).cast()
    }

    /// The instance, all slots of which were filled.
    pub(crate) fn finish(self) -> Bound<'py, PyAny> {
        self.0
    }

    /// The instance, all slots of which were filled with values that refer to nothing else; the garbage collector need
    /// not look at it, because no cycle can come about.
    pub(crate) fn finish_leaf(self) -> Bound<'py, PyAny> {
        // SAFETY: Python classes with slots have instances that the collector tracks, and untracking is allowed always.
        unsafe { ffi::PyObject_GC_UnTrack(self.0.as_ptr().cast()) };
        self.0
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
            std::mem::transmute::<*mut c_void, Option<ffi::allocfunc>>(allocate)
        };
        allocate.map(Self).ok_or_else(|| PyTypeError::new_err(format!("{class} cannot be allocated")))
    }

    /// An instance with empty slots; the class is the one of the allocator, or derives from it.
    pub(crate) fn allocate<'py>(&self, class: &Bound<'py, PyType>) -> PyResult<New<'py>> {
        // SAFETY: Python classes share their allocator, which returns a new reference to an instance with nothing but
        // nulls in it, or null with an exception.
        unsafe { Bound::from_owned_ptr_or_err(class.py(), (self.0)(class.as_type_ptr(), 0)).map(New) }
    }
}
