//! Rows and their encoder for Node.

use napi::Env;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use recallflow::ffi;
use recallflow::{RowFormat, TableRow};

use crate::errors::{catch_panics, core_exception};
use crate::pack::{Pack, Parcel};
use crate::values::response_wire;

/// Returns a response of the type at this position as a row.
#[napi]
pub fn to_row(env: &Env, position: u32, response: String) -> napi::Result<Parcel<'_>> {
    catch_panics(None, || {
        let row = row_of(position as usize, &response)?;
        let mut pack = Pack::default();
        pack.begin_object(row.values().len());
        for (name, value) in ffi::camel_names(&row).zip(row.values()) {
            pack.push_text(name);
            pack.push_json(&serde_json::to_value(value).unwrap_or_default());
        }
        pack.into_parcel(env)
    })
}

fn row_of(position: usize, response: &str) -> napi::Result<TableRow> {
    let wire = response_wire(position, response)?.to_string();
    Ok(ffi::to_row(&ffi::read_response(position, wire.into()).map_err(core_exception)?))
}

/// Encodes responses of one type as the bytes of a file.
#[napi]
pub struct RowEncoder {
    position: usize,
    encoder: recallflow::RowEncoder,
}

#[napi]
impl RowEncoder {
    /// Creates an encoder for responses of the type at this position, as CSV or as JSON Lines.
    #[napi(constructor)]
    pub fn new(position: u32, is_csv: bool) -> Self {
        let position = position as usize;
        let format = if is_csv { RowFormat::Csv } else { RowFormat::JsonLines };
        Self { position, encoder: ffi::encoder(format, position, true) }
    }

    /// Adds a row. Returns the approximate number of bytes that can be taken.
    #[napi]
    pub fn add(&mut self, response: String) -> napi::Result<u32> {
        catch_panics(None, || {
            self.encoder.add(&row_of(self.position, &response)?);
            Ok(u32::try_from(self.encoder.pending()).unwrap_or(u32::MAX))
        })
    }

    /// Returns the bytes of the rows that were added since the last call.
    #[napi]
    pub fn take(&mut self) -> Buffer {
        self.encoder.take().into()
    }
}
