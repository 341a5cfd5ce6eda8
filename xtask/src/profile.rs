//! How native modules are built.

/// A profile of cargo.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// Quickly, for tests.
    Dev,
    /// As it is shipped, for benchmarks and packages.
    Dist,
}

impl Profile {
    /// Its name for cargo.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Dist => "dist",
        }
    }
}
