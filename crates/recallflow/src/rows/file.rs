//! Files of rows, which are complete or do not exist.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::marker::PhantomData;
use std::path::Path;
use std::pin::pin;

use futures_core::Stream;

use super::ToRow;
use super::encode::{RowEncoder, RowFormat};
use crate::error::Error;
use crate::output_file::OutputFile;

/// Bytes that are collected before they are written.
const CHUNK: usize = 64 * 1024;

/// A file of rows that is being written.
///
/// The rows go to a temporary file in the same folder, which [`RowFile::finish`] renames. If the value is dropped before,
/// the temporary file is removed and an old file stays. It writes in chunks of 64 KiB, on the calling thread.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let client = recallflow::blocking::Client::from_env()?;
/// # let query = recallflow::GroupCallQuery::new("2024-05-01 00:00:00".parse()?, "2024-05-31 23:59:59".parse()?);
/// use recallflow::{RowFile, RowFormat};
/// let mut file = RowFile::create("may.csv", RowFormat::Csv)?;
/// for task in client.group_calls(query) {
///     file.write(&task?)?;
///     eprint!("\r{} tasks", file.rows());
/// }
/// file.finish()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RowFile<T> {
    encoder: RowEncoder,
    output: OutputFile,
    rows: u64,
    row_type: PhantomData<fn(&T)>,
}

impl<T: ToRow> RowFile<T> {
    /// Creates the temporary file.
    ///
    /// # Errors
    ///
    /// An [`io::Error`] if the file cannot be created in the folder of `path`.
    pub fn create(path: impl AsRef<Path>, format: RowFormat) -> io::Result<Self> {
        Self::create_with(path, RowEncoder::new::<T>(format))
    }

    /// Creates the temporary file for rows that an encoder of the same type encodes, such as one for
    /// [some columns](RowEncoder::with_some_columns).
    ///
    /// # Errors
    ///
    /// The same.
    pub fn create_with(path: impl AsRef<Path>, encoder: RowEncoder) -> io::Result<Self> {
        Ok(Self { encoder, output: OutputFile::create(path.as_ref())?, rows: 0, row_type: PhantomData })
    }

    /// Writes a row.
    ///
    /// # Errors
    ///
    /// An [`io::Error`] if a chunk cannot be written.
    pub fn write(&mut self, item: &T) -> io::Result<()> {
        self.encoder.add(&item.to_row());
        self.rows += 1;
        if self.encoder.pending() < CHUNK { Ok(()) } else { self.output.write(&self.encoder.take()) }
    }

    /// Returns the number of rows so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes the rest, and replaces the file at the path. Returns the number of rows.
    ///
    /// # Errors
    ///
    /// An [`io::Error`] if the rest cannot be written, or the file cannot be renamed.
    pub fn finish(mut self) -> io::Result<u64> {
        self.output.write(&self.encoder.take())?;
        self.output.finish()?;
        Ok(self.rows)
    }
}

/// Writes tasks, or other responses, to a CSV file that Excel opens. Returns the number of rows.
///
/// The stream may come straight from the client. Memory use does not grow with the number of rows. If the stream fails, or the
/// future is dropped, an old file stays and no half file is left. [`RowFile`] shows the progress;
/// [`blocking::write_csv`](crate::blocking::write_csv) is for iterators. See [`RowFormat::Csv`] and [`ToRow`] for the format.
///
/// ```no_run
/// # async fn run(client: recallflow::Client, query: recallflow::GroupCallQuery) -> Result<(), recallflow::ExportError> {
/// let rows = recallflow::write_csv(client.group_calls(query), "may.csv").await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// The error of the stream or of the file.
pub async fn write_csv<T: ToRow>(
    tasks: impl Stream<Item = Result<T, Error>>,
    path: impl AsRef<Path>,
) -> Result<u64, ExportError> {
    write_stream(tasks, path.as_ref(), RowFormat::Csv).await
}

/// Writes tasks, or other responses, as JSON Lines, as [`write_csv`] does. Returns the number of rows.
///
/// # Errors
///
/// The error of the stream or of the file.
pub async fn write_jsonl<T: ToRow>(
    tasks: impl Stream<Item = Result<T, Error>>,
    path: impl AsRef<Path>,
) -> Result<u64, ExportError> {
    write_stream(tasks, path.as_ref(), RowFormat::JsonLines).await
}

async fn write_stream<T: ToRow>(
    tasks: impl Stream<Item = Result<T, Error>>,
    path: &Path,
    format: RowFormat,
) -> Result<u64, ExportError> {
    let mut tasks = pin!(tasks);
    let mut file = RowFile::create(path, format)?;
    while let Some(task) = poll_fn(|context| tasks.as_mut().poll_next(context)).await {
        file.write(&task?)?;
    }
    Ok(file.finish()?)
}

pub(crate) fn write_iterator<T: ToRow>(
    tasks: impl IntoIterator<Item = Result<T, Error>>,
    path: &Path,
    format: RowFormat,
) -> Result<u64, ExportError> {
    let mut file = RowFile::create(path, format)?;
    for task in tasks {
        file.write(&task?)?;
    }
    Ok(file.finish()?)
}

/// Why an export failed. No half file is left.
#[derive(Debug)]
#[non_exhaustive]
pub enum ExportError {
    /// The client could not read the items.
    Client(Error),
    /// The file could not be written.
    File(io::Error),
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => error.fmt(f),
            Self::File(error) => write!(f, "could not write the file: {error}"),
        }
    }
}

impl std::error::Error for ExportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Client(error) => error.source(),
            Self::File(error) => Some(error),
        }
    }
}

impl From<Error> for ExportError {
    fn from(error: Error) -> Self {
        Self::Client(error)
    }
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::GroupCallTask;

    fn tasks(count: i64) -> impl Iterator<Item = Result<GroupCallTask, Error>> {
        (0..count).map(|id| Ok(GroupCallTask { task_id: Some(id), ..GroupCallTask::default() }))
    }

    #[test]
    fn an_export_replaces_an_old_file_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tasks.jsonl");
        fs::write(&path, "old").unwrap();
        assert_eq!(write_iterator(tasks(1000), &path, RowFormat::JsonLines).unwrap(), 1000);
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 1000);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn after_an_error_the_old_file_is_still_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tasks.csv");
        fs::write(&path, "old").unwrap();
        let failing = tasks(1000).chain([Err(Error::config("stop"))]);
        let error = write_iterator(failing, &path, RowFormat::Csv).unwrap_err();
        assert!(matches!(error, ExportError::Client(_)), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_does_not_exist_is_an_error_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing").join("tasks.csv");
        let error = write_iterator(tasks(1), &path, RowFormat::Csv).unwrap_err();
        assert!(matches!(error, ExportError::File(_)), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn the_file_behind_a_link_is_replaced_with_its_permissions() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let [file, link] = ["file.csv", "link.csv"].map(|name| folder.path().join(name));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        write_iterator(tasks(1), &link, RowFormat::Csv).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::read_to_string(&file).unwrap().contains("task_id"));
        assert_eq!(write_iterator(tasks(1), Path::new("/dev/null"), RowFormat::Csv).unwrap(), 1);
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
