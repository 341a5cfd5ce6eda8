//! A file that is replaced only when it is complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The file at a path: a temporary one until it is finished. A path that is not a regular file, such as `/dev/stdout`, is
/// written directly.
#[derive(Debug)]
pub(crate) struct OutputFile {
    file: File,
    /// The temporary file, and the one that it replaces.
    paths: Option<(PathBuf, PathBuf)>,
}

impl OutputFile {
    /// Creates the file with the permissions of the old one, or else the usual ones.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        Self::create_with(path, File::options().write(true), true)
    }

    /// Creates a file that only its owner can read, from its first byte on.
    #[cfg(feature = "profiles")]
    pub(crate) fn create_private(path: &Path) -> io::Result<Self> {
        let mut options = File::options();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Self::create_with(path, options.write(true), false)
    }

    fn create_with(path: &Path, options: &OpenOptions, keeps_permissions: bool) -> io::Result<Self> {
        // The file behind a symbolic link is replaced, and not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let old = fs::metadata(&path).ok();
        if old.as_ref().is_some_and(|old| !old.is_file()) {
            return Ok(Self { file: options.open(&path)?, paths: None });
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{:08x}.tmp", fastrand::u32(..)));
        let temporary = path.with_file_name(name);
        let file = options.clone().create_new(true).open(&temporary)?;
        let output = Self { file, paths: Some((temporary, path)) };
        if let Some(old) = old.filter(|_| keeps_permissions) {
            output.file.set_permissions(old.permissions())?;
        }
        Ok(output)
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Replaces the file at the path.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if let Some((temporary, path)) = &self.paths {
            self.file.sync_all()?;
            fs::rename(temporary, path)?;
            self.paths = None;
        }
        Ok(())
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        if let Some((temporary, _)) = &self.paths {
            let _ = fs::remove_file(temporary);
        }
    }
}
