//! `recallflow tasks export`.

use std::io;
use std::path::Path;

use recallflow::{Column, GroupCallTask, RowEncoder, RowFile, RowFormat};

use super::selection::{Selection, refuse_drift};
use super::workbook::TaskWorkbook;
use crate::account::Connection;
use crate::document::document;
use crate::failure::Failure;
use crate::output::Output;

pub(super) async fn run(
    connection: &Connection,
    output: Output,
    selection: Selection,
    columns: Vec<&'static Column>,
    path: &Path,
) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::io(path.display(), &error);
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    let format = match extension.to_str() {
        Some("csv") => Some(RowFormat::Csv),
        Some("jsonl") => Some(RowFormat::JsonLines),
        Some("xlsx") => None,
        _ => return Err(Failure::Usage("the file must end with .csv, .jsonl or .xlsx".to_owned())),
    };
    let mut rows = 0_u64;
    let drift = if let Some(format) = format {
        let file = RowFile::create_with(path, RowEncoder::with_some_columns::<GroupCallTask>(format, &columns));
        let mut file = file.map_err(failed)?;
        let drift = selection
            .read(connection, |task| {
                rows += 1;
                file.write(&task).map(|()| true).map_err(failed)
            })
            .await?;
        file.finish().map_err(failed)?;
        drift
    } else {
        let mut workbook = TaskWorkbook::new(columns)?;
        let drift = selection
            .read(connection, |task| {
                rows += 1;
                workbook.add(&task).map(|()| true)
            })
            .await?;
        workbook.save(path, &selection)?;
        drift
    };
    output.print_object(&document! { "file": path.to_string_lossy(), "rows": rows })?;
    refuse_drift(drift)
}
