//! The pending calls of one JavaScript thread, in numbered slots.
//!
//! JavaScript knows a call by a number that is never used twice. Its remainder by [`CALL_SLOTS`] is the slot, so that
//! `completions.ts` can keep its pending calls in an array. Slots are reused. A `Map` to which keys are added and removed all
//! the time is rebuilt now and then, and its old tables keep finished responses alive.

use std::borrow::Cow;

use napi_derive::napi;
use recallflow::ffi::Cancel;
use recallflow_bridge::background::Call;

/// Upper limit of the number of slots, and the factor between a call's slot and its number.
#[napi]
pub const CALL_SLOTS: u32 = 1 << 21;

/// The pending calls.
#[derive(Default)]
pub(crate) struct Calls {
    slots: Vec<Option<Pending>>,
    free: Vec<u32>,
    /// Slots of calls whose outcome is in a batch that JavaScript may not have dispatched yet.
    taken: Vec<u32>,
    last_serial: u32,
}

/// Identifies one call, even after another call has reused its slot.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct CallId {
    slot: u32,
    serial: u32,
}

impl CallId {
    /// Returns the number by which JavaScript knows the call.
    #[expect(clippy::cast_precision_loss, reason = "a call number has at most 53 bits")]
    pub(crate) fn number(self) -> f64 {
        (u64::from(self.serial) * u64::from(CALL_SLOTS) + u64::from(self.slot)) as f64
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number that is not a call's matches no pending call"
    )]
    pub(crate) fn from_number(number: f64) -> Self {
        let (number, slots) = (number as u64, u64::from(CALL_SLOTS));
        Self { slot: (number % slots) as u32, serial: (number / slots) as u32 }
    }
}

/// An aborted update that may have been applied.
#[napi(object, object_from_js = false)]
pub struct AbortedUpdate {
    /// Name of the operation.
    pub operation: String,
    /// Number of attempts.
    pub attempts: u32,
}

type Update = (Cow<'static, str>, Cancel);

struct Pending {
    id: CallId,
    /// The name of an update, and the handle that cancels it.
    update: Option<Update>,
    /// Whether JavaScript asked for the HTTP response.
    keeps_response: bool,
    /// Aborts the call when dropped.
    _call: Call,
}

impl Calls {
    /// Returns the identity of the next call, which [`Self::insert`] must be given.
    pub(crate) fn next_id(&mut self) -> CallId {
        let end = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        self.last_serial = self.last_serial.wrapping_add(1);
        CallId { slot: self.free.last().copied().unwrap_or(end), serial: self.last_serial }
    }

    /// Stores the call that got the last identity.
    pub(crate) fn insert(&mut self, id: CallId, call: Call, update: Option<Update>) {
        let pending = Some(Pending { id, update, keeps_response: false, _call: call });
        match self.free.pop() {
            Some(slot) => self.slots[slot as usize] = pending,
            None => self.slots.push(pending),
        }
    }

    /// Returns whether this call is pending.
    pub(crate) fn is_pending(&self, id: CallId) -> bool {
        self.slots.get(id.slot as usize).and_then(Option::as_ref).is_some_and(|pending| pending.id == id)
    }

    /// Drops a call if it is pending. Describes it if it is an update that may have been applied.
    pub(crate) fn abort(&mut self, id: CallId) -> Option<AbortedUpdate> {
        if !self.is_pending(id) {
            return None;
        }
        self.free.push(id.slot);
        let pending = self.slots[id.slot as usize].take()?;
        // Before the call is dropped, because its drop takes the outcome.
        let (operation, cancel) = pending.update?;
        Some(AbortedUpdate { operation: operation.into_owned(), attempts: cancel.cancel()? })
    }

    /// Notes that JavaScript asks for the HTTP response of a call. Returns false if it is not pending.
    pub(crate) fn keep_response(&mut self, id: CallId) -> bool {
        let pending = self.slots.get_mut(id.slot as usize).and_then(Option::as_mut).filter(|pending| pending.id == id);
        pending.map(|pending| pending.keeps_response = true).is_some()
    }

    /// Ends a pending call whose outcome JavaScript takes. Its slot stays reserved until [`Self::release_taken`]. Returns
    /// whether JavaScript asked for its HTTP response.
    pub(crate) fn complete(&mut self, id: CallId) -> bool {
        self.taken.push(id.slot);
        self.slots[id.slot as usize].take().is_some_and(|pending| pending.keeps_response)
    }

    /// Frees the slots of all outcomes that JavaScript has taken, because it has dispatched them.
    pub(crate) fn release_taken(&mut self) {
        self.free.append(&mut self.taken);
    }

    /// Returns whether no call is pending.
    pub(crate) fn is_empty(&self) -> bool {
        self.slots.len() == self.free.len() + self.taken.len()
    }
}
