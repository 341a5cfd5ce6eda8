//! Rows and their encoder for Python.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyType};
use recallflow::ffi;
use recallflow::{RowFormat, RowValue, TableRow};

use crate::classes::{Class, Classes};
use crate::errors::{catch_panics, core_exception};
use crate::to_json;

/// Returns a response as a row.
#[pyfunction]
pub(crate) fn to_row<'py>(py: Python<'py>, response: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    catch_panics(None, || {
        let classes = Classes::registered(py)?;
        let row = row_of(response, response_class(classes, &response.get_type())?)?;
        let dict = PyDict::new(py);
        for (column, value) in row.columns().iter().zip(row.values()) {
            dict.set_item(&column.name, python_value(py, classes, value)?)?;
        }
        Ok(dict)
    })
}

fn response_class<'c>(classes: &'c Classes, class: &Bound<'_, PyType>) -> PyResult<&'c Class> {
    let found = classes.find_class(class).filter(|(_, is_request)| !is_request);
    let name = || class.qualname().map_or_else(|_| class.to_string(), |name| name.to_string());
    found.map(|(class, _)| class).ok_or_else(|| {
        PyTypeError::new_err(format!("expected a response of recallflow, such as a GroupCallTask, got {}", name()))
    })
}

fn row_of(response: &Bound<'_, PyAny>, class: &Class) -> PyResult<TableRow> {
    let json = to_json::response_to_json(response, class)?.to_string();
    Ok(ffi::to_row(&ffi::read_response(class.position, json.into()).map_err(core_exception)?))
}

fn python_value<'py>(py: Python<'py>, classes: &Classes, value: &RowValue) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        RowValue::Integer(number) => number.into_pyobject(py)?.into_any(),
        RowValue::Number(number) => number.into_pyobject(py)?.into_any(),
        RowValue::Amount(amount) => amount.to_f64().into_pyobject(py)?.into_any(),
        RowValue::Boolean(value) => value.into_pyobject(py)?.to_owned().into_any(),
        RowValue::Time(time) => classes.times.new_datetime(py, *time)?,
        RowValue::Text(text) => text.into_pyobject(py)?.into_any(),
        _ => py.None().into_bound(py),
    })
}

/// Encodes responses of one class as the bytes of a file.
#[pyclass(frozen, module = "recallflow._native")]
pub(crate) struct RowEncoder {
    class: &'static Class,
    encoder: std::sync::Mutex<recallflow::RowEncoder>,
}

#[pymethods]
impl RowEncoder {
    /// Creates an encoder for responses of a class as `csv` or `jsonl`.
    #[new]
    fn new(class: &Bound<'_, PyType>, format: &str) -> PyResult<Self> {
        let class = response_class(Classes::registered(class.py())?, class)?;
        let format = match format {
            "csv" => RowFormat::Csv,
            "jsonl" => RowFormat::JsonLines,
            _ => return Err(PyValueError::new_err(format!("expected the format csv or jsonl, got {format}"))),
        };
        Ok(Self { class, encoder: ffi::encoder(format, class.position, false).into() })
    }

    /// Adds a row. Returns the approximate number of bytes that can be taken.
    fn add(&self, response: &Bound<'_, PyAny>) -> PyResult<usize> {
        catch_panics(None, || {
            let class = response_class(Classes::registered(response.py())?, &response.get_type())?;
            if class.position != self.class.position {
                let (expected, got) = (self.class.shape.name, class.shape.name);
                return Err(PyTypeError::new_err(format!(
                    "expected a {expected}, as the items before it, got a {got}; write one type to a file"
                )));
            }
            let row = row_of(response, class)?;
            let mut encoder = self.lock();
            encoder.add(&row);
            Ok(encoder.pending())
        })
    }

    /// Returns the bytes of the rows that were added since the last call.
    fn take<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes = self.lock().take();
        PyBytes::new(py, &bytes)
    }
}

impl RowEncoder {
    fn lock(&self) -> std::sync::MutexGuard<'_, recallflow::RowEncoder> {
        self.encoder.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
