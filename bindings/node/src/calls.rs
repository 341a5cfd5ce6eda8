//! The calls that wait, each in a place of its own.
//!
//! JavaScript knows a call by a number that no other call ever has, in which its place is. Places are used again and
//! again, so that who waits can be kept in an array there. A map, to which calls are added and from which they are removed
//! all the time, is made anew now and then, and what is left of it keeps answers alive that nobody has any more.

use recallflow_bridge::background::Call;

/// The calls that wait.
#[derive(Default)]
pub(crate) struct Calls {
    places: Vec<Option<Waiting>>,
    free: Vec<u32>,
    /// Places of calls whose outcomes were told, which JavaScript may not have handed out yet.
    told: Vec<u32>,
    last: u32,
}

/// Names one call, also when another one has come into its place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallId {
    place: u32,
    serial: u32,
}

/// There are never so many calls at once. `completions.ts` knows this number as well.
const PLACES: u64 = 1 << 21;

impl CallId {
    /// The number by which JavaScript knows the call.
    #[expect(clippy::cast_precision_loss, reason = "it has 53 bits at most")]
    pub(crate) fn number(self) -> f64 {
        (u64::from(self.serial) * PLACES + u64::from(self.place)) as f64
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what is no number of a call is of none"
    )]
    pub(crate) fn from_number(number: f64) -> Self {
        let number = number as u64;
        Self { place: (number % PLACES) as u32, serial: (number / PLACES) as u32 }
    }
}

struct Waiting {
    id: CallId,
    /// Drops the call when it is dropped.
    _call: Call,
}

impl Calls {
    /// A call that is about to begin.
    pub(crate) fn next(&mut self) -> CallId {
        let end = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.last = self.last.wrapping_add(1);
        CallId { place: self.free.last().copied().unwrap_or(end), serial: self.last }
    }

    /// Keeps the call that was last to begin.
    pub(crate) fn insert(&mut self, id: CallId, call: Call) {
        let waiting = Some(Waiting { id, _call: call });
        match self.free.pop() {
            Some(place) => self.places[place as usize] = waiting,
            None => self.places.push(waiting),
        }
    }

    /// Whether this call waits.
    pub(crate) fn waits(&self, id: CallId) -> bool {
        self.places.get(id.place as usize).and_then(Option::as_ref).is_some_and(|waiting| waiting.id == id)
    }

    /// Drops a call, if it waits.
    pub(crate) fn abort(&mut self, id: CallId) {
        if self.waits(id) {
            self.places[id.place as usize] = None;
            self.free.push(id.place);
        }
    }

    /// The outcome of a call is told; its place is taken until everything that was told is handed out.
    pub(crate) fn tell(&mut self, id: CallId) {
        if self.waits(id) {
            self.places[id.place as usize] = None;
            self.told.push(id.place);
        }
    }

    /// Everything that was told is handed out.
    pub(crate) fn handed_out(&mut self) {
        self.free.append(&mut self.told);
    }

    /// Whether no call waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.places.len() == self.free.len() + self.told.len()
    }
}
