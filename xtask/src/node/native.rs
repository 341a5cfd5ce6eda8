//! The native module, built into the folder of the package, where the package looks first.

use super::platform::Platform;
use crate::artifact;
use crate::process::Outcome;
use crate::profile::Profile;

/// Builds the native module and puts it where `require('recallflow')` finds it.
pub(crate) fn build(profile: Profile) -> Outcome {
    let built = artifact::dynamic_library(&["--package", "recallflow-node", "--profile", profile.name()])?;
    artifact::place(&built, &super::home().join(Platform::of_this_machine()?.module()))
}
