//! What codegen renders for the sandbox.

pub(crate) mod protocol;
