//! Tasks as a workbook for Excel: a sheet of all tasks, and one of their sums.

use std::path::Path;

use recallflow::{Column, ColumnType, GroupCallTask, LocalDateTime, RowValue, ToRow};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use serde_json::Value;

use super::new_file;
use super::selection::Selection;
use super::totals::Sums;
use crate::failure::Failure;

/// The largest number of which Excel keeps all digits.
const MAX_NUMBER: u64 = 999_999_999_999_999;

/// A workbook that is being filled. The rows of tasks are in a temporary file and not in memory.
pub(super) struct TaskWorkbook {
    workbook: Workbook,
    columns: Vec<&'static Column>,
    time: Format,
    row: u32,
    sums: Sums,
}

impl TaskWorkbook {
    pub(super) fn new(columns: Vec<&'static Column>) -> Result<Self, Failure> {
        let (mut workbook, bold) = (Workbook::new(), Format::new().set_bold());
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(unwritable)?;
        let begin = |sheet: &mut Worksheet| -> Result<(), XlsxError> {
            sheet.set_name("tasks")?.set_freeze_panes(1, 0)?;
            for (position, column) in (0..).zip(&columns) {
                let is_wide = matches!(column.kind, ColumnType::Time) || column.name == "task_name";
                sheet.set_column_width(position, if is_wide { 20 } else { 12 })?;
                sheet.write_with_format(0, position, &column.name, &bold)?;
            }
            Ok(())
        };
        begin(sheet).map_err(unwritable)?;
        let time = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        Ok(Self { workbook, columns, time, row: 0, sums: Sums::new(None) })
    }

    /// Adds a task.
    pub(super) fn add(&mut self, task: &GroupCallTask) -> Result<(), Failure> {
        self.sums.add(task);
        self.row += 1;
        let (row, time) = (self.row, &self.time);
        let sheet = self.workbook.worksheet_from_index(0).map_err(unwritable)?;
        let task = task.to_row();
        for (column, value) in (0..).zip(self.columns.iter().filter_map(|column| task.get(&column.name))) {
            write_value(sheet, row, column, value, time).map_err(unwritable)?;
        }
        Ok(())
    }

    /// Adds the sums, and writes the file.
    pub(super) fn save(mut self, path: &Path, selection: &Selection) -> Result<(), Failure> {
        self.finish(selection).map_err(unwritable)?;
        new_file::write(path, |file| self.workbook.save_to_writer(file).map_err(unwritable))
    }

    fn finish(&mut self, selection: &Selection) -> Result<(), XlsxError> {
        let last = u16::try_from(self.columns.len()).unwrap_or(u16::MAX).saturating_sub(1);
        self.workbook.worksheet_from_index(0)?.autofilter(0, 0, self.row, last)?;
        let bold = Format::new().set_bold();
        let sheet = self.workbook.add_worksheet();
        sheet.set_name("totals")?;
        for (column, name) in (0..).zip(self.sums.columns()) {
            sheet.set_column_width(column, 16)?.write_with_format(0, column, name, &bold)?;
        }
        for (row, cells) in (1..).zip(self.sums.rows()) {
            for (column, cell) in (0..).zip(cells) {
                match cell {
                    Value::Null => {}
                    Value::Number(number) => {
                        sheet.write_number(row, column, number.as_f64().unwrap_or_default())?;
                    }
                    Value::String(text) => {
                        sheet.write_string(row, column, text)?;
                    }
                    other => {
                        sheet.write_string(row, column, other.to_string())?;
                    }
                }
            }
        }
        let rows = u32::try_from(self.sums.rows().len()).unwrap_or(u32::MAX);
        sheet.write_string(rows.saturating_add(2), 0, selection.to_string())?;
        Ok(())
    }
}

/// Writes a value. A text is never a formula, and a number with more digits than Excel keeps is a text.
fn write_value(sheet: &mut Worksheet, row: u32, column: u16, value: &RowValue, time: &Format) -> Result<(), XlsxError> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "it has at most 15 digits")]
        RowValue::Integer(number) if number.unsigned_abs() <= MAX_NUMBER => {
            sheet.write_number(row, column, *number as f64)?;
        }
        RowValue::Integer(number) => {
            sheet.write_string(row, column, number.to_string())?;
        }
        RowValue::Number(number) => {
            sheet.write_number(row, column, *number)?;
        }
        RowValue::Amount(amount) => {
            sheet.write_number(row, column, amount.to_f64())?;
        }
        RowValue::Boolean(value) => {
            sheet.write_boolean(row, column, *value)?;
        }
        RowValue::Time(value) => match to_excel(*value) {
            Some(value) => {
                sheet.write_datetime_with_format(row, column, value, time)?;
            }
            None => {
                sheet.write_string(row, column, value.to_string())?;
            }
        },
        RowValue::Text(text) => {
            sheet.write_string(row, column, text)?;
        }
        _ => {}
    }
    Ok(())
}

/// Converts a time. Excel has none before 1900.
fn to_excel(time: LocalDateTime) -> Option<ExcelDateTime> {
    let day = ExcelDateTime::from_ymd(time.year(), time.month(), time.day()).ok()?;
    day.and_hms(time.hour().into(), time.minute(), f64::from(time.second())).ok()
}

fn unwritable(error: XlsxError) -> Failure {
    Failure::Local(match error {
        XlsxError::RowColumnLimitError => {
            "a sheet of Excel has at most 1048576 rows; export to .csv, or a shorter time span".to_owned()
        }
        error => format!("could not write the workbook: {error}"),
    })
}
