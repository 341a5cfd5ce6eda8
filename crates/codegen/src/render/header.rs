//! The header of generated files.

use crate::model::Api;
use crate::output::MARKER;

/// Returns the header without comment markers. It names the folder and not each file, so that a new operation does not
/// change unrelated files.
pub(super) fn header(api: &Api) -> String {
    let folder = api.spec_files.first().and_then(|file| file.split('/').next()).unwrap_or("spec");
    format!("{MARKER} from {folder}/**/*.toml. Do not edit.")
}
