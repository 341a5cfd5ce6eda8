//! A request that is ready to be sent.

use std::borrow::Cow;

use bytes::Bytes;

#[cfg(feature = "__ffi")]
use crate::ffi::PreparedEdit;
use crate::operation::{OperationInfo, OperationKind};
use crate::response::content::Expected;
use crate::transport::cancel::Cancel;

/// The call that an error or a log record is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallInfo {
    /// Name of the operation, or the path of another endpoint with a slash at its beginning.
    pub name: Cow<'static, str>,
    /// Whether it reads or changes data.
    pub kind: OperationKind,
}

impl From<&OperationInfo> for CallInfo {
    fn from(operation: &OperationInfo) -> Self {
        Self { name: operation.name.into(), kind: operation.kind }
    }
}

/// A checked and encoded request, the same for all attempts of its call.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(crate) call: CallInfo,
    /// Below the base URL.
    pub(crate) path: Cow<'static, str>,
    pub(crate) body: Bytes,
    pub(crate) expected: Expected,
    pub(crate) cancel: Cancel,
    /// The edit that the request is the update of.
    #[cfg(feature = "__ffi")]
    pub(crate) edit: Option<Box<PreparedEdit>>,
}

impl Prepared {
    /// Creates the request of a call.
    pub(crate) fn new(call: CallInfo, path: Cow<'static, str>, body: Bytes, expected: Expected) -> Self {
        Self {
            call,
            path,
            body,
            expected,
            cancel: Cancel::default(),
            #[cfg(feature = "__ffi")]
            edit: None,
        }
    }

    /// Returns the name and kind of the call.
    #[cfg(feature = "__ffi")]
    #[must_use]
    pub fn call(&self) -> &CallInfo {
        &self.call
    }

    /// Returns a handle that cancels the call of this request.
    #[cfg(feature = "__ffi")]
    #[must_use]
    pub fn cancel(&self) -> Cancel {
        self.cancel.clone()
    }
}
