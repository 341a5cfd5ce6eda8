//! Files that are complete or do not exist.

use std::fs::{self, File};
use std::path::Path;

use crate::failure::Failure;

/// Writes a file by a function, and replaces the file at the path only when it is complete.
pub(super) fn write(path: &Path, write: impl FnOnce(&mut File) -> Result<(), Failure>) -> Result<(), Failure> {
    let failed = |error: &std::io::Error| Failure::io(path.display(), error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".recallflow-").suffix(".tmp");
    // A temporary file is otherwise readable by its owner only. The system removes what its users do not want to share.
    #[cfg(unix)]
    let shared = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(shared);
    let mut file = builder.tempfile_in(folder).map_err(|error| failed(&error))?;
    write(file.as_file_mut())?;
    if let Ok(old) = fs::metadata(path) {
        file.as_file().set_permissions(old.permissions()).map_err(|error| failed(&error))?;
    }
    file.as_file().sync_all().map_err(|error| failed(&error))?;
    file.persist(path).map_err(|error| failed(&error.error))?;
    Ok(())
}
