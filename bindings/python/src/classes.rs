//! The classes of the Python package, which it registers with `setup` at import.

use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyTuple, PyType};
use recallflow::ffi::{ENUMS, REQUESTS, RESPONSES, Shape};

use crate::slots::{Allocator, Slot};
use crate::times::DatetimeFactory;

/// The classes and values that the package registers at import.
pub(crate) struct Classes {
    pub(crate) enums: Vec<EnumClass>,
    pub(crate) requests: Vec<Class>,
    pub(crate) responses: Vec<Class>,
    pub(crate) empty_extra: Py<PyAny>,
    pub(crate) extra: Py<PyAny>,
    pub(crate) violation: Py<PyAny>,
    pub(crate) warning: Py<PyAny>,
    pub(crate) error: Py<PyAny>,
    pub(crate) log: Py<PyAny>,
    pub(crate) times: DatetimeFactory,
    pub(crate) empty_tuple: Py<PyTuple>,
}

/// A class of requests or of responses.
pub(crate) struct Class {
    pub(crate) kind: Py<PyType>,
    /// Its position among the classes of requests, or of responses.
    pub(crate) position: usize,
    pub(crate) shape: &'static Shape,
    /// Python's names of the fields, in their order.
    pub(crate) names: Vec<String>,
    /// The slots of the fields, in their order.
    pub(crate) slots: Vec<Slot>,
    /// The slot `extra`.
    pub(crate) extra: Slot,
    pub(crate) allocator: Allocator,
}

/// The members of an enum by their numbers.
pub(crate) struct EnumClass {
    kind: Py<PyAny>,
    members: Vec<(i64, Py<PyAny>)>,
}

/// The classes of the last import. Those of earlier imports are never freed, because their instances may still be in use.
static CLASSES: Mutex<Option<&'static Classes>> = Mutex::new(None);

impl Classes {
    /// Returns the registered classes.
    pub(crate) fn registered(_: Python<'_>) -> PyResult<&'static Classes> {
        let classes = *CLASSES.lock().unwrap_or_else(PoisonError::into_inner);
        classes.ok_or_else(|| PyRuntimeError::new_err("import recallflow, not recallflow._native"))
    }

    /// Finds the registered class that this class is or derives from. Also returns whether it is a class of requests.
    pub(crate) fn find_class(&self, class: &Bound<'_, PyType>) -> Option<(&Class, bool)> {
        let py = class.py();
        let exact = |known: &&Class| known.kind.bind(py).is(class);
        let derived = |known: &&Class| class.is_subclass(known.kind.bind(py)).unwrap_or(false);
        let requests = self.requests.iter();
        let responses = self.responses.iter();
        let find = |exact: &dyn Fn(&&Class) -> bool| {
            requests
                .clone()
                .find(exact)
                .map(|class| (class, true))
                .or_else(|| responses.clone().find(exact).map(|class| (class, false)))
        };
        find(&exact).or_else(|| find(&derived))
    }

    /// Returns whether an object is a member of an enum other than the one at this position.
    pub(crate) fn is_other_enum(&self, position: usize, object: &Bound<'_, PyAny>) -> PyResult<bool> {
        // Plain integers are common, and are not members of any enum.
        if object.is_exact_instance_of::<PyInt>() {
            return Ok(false);
        }
        for (other, known) in self.enums.iter().enumerate() {
            if object.is_instance(known.kind.bind(object.py()))? {
                return Ok(other != position);
            }
        }
        Ok(false)
    }
}

impl Class {
    /// Returns whether an object is an instance by its type. `isinstance` would also accept a mock with a `__class__`.
    pub(crate) fn has_instance(&self, object: &Bound<'_, PyAny>) -> PyResult<bool> {
        object.get_type().is_subclass(self.kind.bind(object.py()))
    }

    /// Returns what an instance of the class keeps of a value that is given for a field.
    pub(crate) fn coerce<'py>(&self, position: usize, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.kind.bind(value.py()).getattr("_coercions")?.get_item(position)?.call1((value,))
    }

    /// Returns the position of the field with this wire name.
    pub(crate) fn position_of(&self, wire: &str) -> Option<usize> {
        self.shape.fields.iter().position(|field| field.wire == wire)
    }

    fn new(class: &Bound<'_, PyType>, position: usize, shape: &'static Shape) -> PyResult<Self> {
        let names = class.getattr("_fields")?.extract::<Vec<String>>()?;
        let Some(([extra], names)) =
            names.split_last_chunk().map(|(names, extra)| (extra, names)).filter(|(_, names)| {
                class.name().is_ok_and(|name| name == shape.name) && names.len() == shape.fields.len()
            })
        else {
            return Err(PyTypeError::new_err(format!("expected the class {}, got {class}", shape.name)));
        };
        let allocator = Allocator::new(class)?;
        let slot = |name: &String| Slot::new(class, &allocator, name);
        Ok(Self {
            kind: class.clone().unbind(),
            position,
            shape,
            names: names.to_vec(),
            slots: names.iter().map(slot).collect::<PyResult<_>>()?,
            extra: slot(extra)?,
            allocator,
        })
    }
}

impl EnumClass {
    fn new(class: &Bound<'_, PyAny>) -> PyResult<Self> {
        let members = class.try_iter()?.map(|member| {
            let member = member?;
            Ok((member.extract::<i64>()?, member.unbind()))
        });
        Ok(Self { kind: class.clone().unbind(), members: members.collect::<PyResult<_>>()? })
    }

    /// Returns the number of the member with a name, in any case.
    pub(crate) fn number_of(&self, py: Python<'_>, name: &str) -> PyResult<Option<i64>> {
        for (number, member) in &self.members {
            if member.bind(py).getattr("name")?.extract::<String>()?.eq_ignore_ascii_case(name) {
                return Ok(Some(*number));
            }
        }
        Ok(None)
    }

    /// Returns the member for a number, or the number itself if no member has it.
    pub(crate) fn member_of<'py>(&self, py: Python<'py>, number: i64) -> PyResult<Bound<'py, PyAny>> {
        match self.members.iter().find(|(known, _)| *known == number) {
            Some((_, member)) => Ok(member.bind(py).clone()),
            None => Ok(number.into_pyobject(py)?.into_any()),
        }
    }
}

/// Registers the classes of the package. The order of each list is that of the spec.
#[pyfunction]
#[pyo3(signature = (*, enums, requests, responses, empty_extra, extra, violation, warning, error, log))]
#[expect(clippy::too_many_arguments, reason = "the caller passes them by keyword")]
pub(crate) fn setup(
    py: Python<'_>,
    enums: Vec<Bound<'_, PyAny>>,
    requests: Vec<Bound<'_, PyType>>,
    responses: Vec<Bound<'_, PyType>>,
    empty_extra: Py<PyAny>,
    extra: Py<PyAny>,
    violation: Py<PyAny>,
    warning: Py<PyAny>,
    error: Py<PyAny>,
    log: Py<PyAny>,
) -> PyResult<()> {
    if (enums.len(), requests.len(), responses.len()) != (ENUMS.len(), REQUESTS.len(), RESPONSES.len()) {
        return Err(PyTypeError::new_err("the native module is of another version than the package"));
    }
    let classes = |classes: &[Bound<'_, PyType>], shapes: &'static [Shape]| {
        let pairs = classes.iter().zip(shapes).enumerate();
        pairs.map(|(position, (class, shape))| Class::new(class, position, shape)).collect::<PyResult<Vec<Class>>>()
    };
    let registered = Classes {
        enums: enums.iter().map(EnumClass::new).collect::<PyResult<_>>()?,
        requests: classes(&requests, REQUESTS)?,
        responses: classes(&responses, RESPONSES)?,
        empty_extra,
        extra,
        violation,
        warning,
        error,
        log,
        times: DatetimeFactory::new(py)?,
        empty_tuple: PyTuple::empty(py).unbind(),
    };
    *CLASSES.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::leak(Box::new(registered)));
    Ok(())
}
