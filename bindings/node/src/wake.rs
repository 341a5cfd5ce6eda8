//! Wakes the event loop, which calls a function of the package then.
//!
//! What Node holds for waking up lives as long as the thread, or until it is dropped. If that held the function, it would
//! hold all that the function knows: the package, and the realm that it was loaded in. Test runners make a realm for each
//! file. So the function is held only while calls wait, and whoever uses the package holds it otherwise. The library has
//! no reference that is weak at times, and needs a function of JavaScript to wake up, so Node is told directly.

use std::ffi::c_void;
use std::ptr;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use napi::bindgen_prelude::Function;
use napi::{Env, JsValue as _, Unknown, check_status, sys};

/// Wakes the event loop from any thread. It does not keep that alive by itself.
///
/// Who wakes up reads the handle while who has woken it may still do so.
#[derive(Clone)]
pub(crate) struct Wake(Arc<RwLock<Option<Handle>>>);

/// What Node knows the event loop's end by.
#[derive(Clone, Copy)]
struct Handle(sys::napi_threadsafe_function);

// SAFETY: Node has made it to be used from any thread, and whoever uses it holds the lock that its end waits for.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

impl Wake {
    fn handle(&self) -> RwLockReadGuard<'_, Option<Handle>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, handle: Option<Handle>) -> Option<Handle> {
        std::mem::replace(&mut self.0.write().unwrap_or_else(PoisonError::into_inner), handle)
    }

    /// Wakes the event loop, unless it has ended.
    pub(crate) fn wake(&self) {
        if let Some(Handle(raw)) = *self.handle() {
            // An event loop that ends has nobody to wake, so what comes of it does not matter.
            // SAFETY: the handle is there until `ended` has taken it, which the lock keeps from happening now.
            unsafe {
                sys::napi_call_threadsafe_function(raw, ptr::null_mut(), sys::ThreadsafeFunctionCallMode::nonblocking)
            };
        }
    }
}

/// Keeps the event loop alive, and what it calls, while calls wait. Only the thread of JavaScript ever touches it.
pub(crate) struct Holder {
    wake: Wake,
    act: sys::napi_ref,
    is_holding: bool,
}

impl Holder {
    pub(crate) fn hold(&mut self, env: Env, is_needed: bool) -> napi::Result<()> {
        let Some(Handle(raw)) = *self.wake.handle() else { return Ok(()) };
        if is_needed == self.is_holding {
            return Ok(());
        }
        self.is_holding = is_needed;
        let (env, mut count) = (env.raw(), 0);
        // SAFETY: this is the thread of JavaScript, and handle and reference are there until `ended` has taken the handle.
        unsafe {
            if is_needed {
                check_status!(sys::napi_reference_ref(env, self.act, &raw mut count))?;
                check_status!(sys::napi_ref_threadsafe_function(env, raw))
            } else {
                check_status!(sys::napi_reference_unref(env, self.act, &raw mut count))?;
                check_status!(sys::napi_unref_threadsafe_function(env, raw))
            }
        }
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        if let Some(Handle(raw)) = self.wake.set(None) {
            // SAFETY: Node calls `ended` after this, and nobody finds the handle any more.
            unsafe { sys::napi_release_threadsafe_function(raw, sys::ThreadsafeFunctionReleaseMode::abort) };
        }
    }
}

/// What Node hands to `woken` and `ended`.
struct Context {
    wake: Wake,
    act: sys::napi_ref,
}

/// What wakes the event loop so that it calls this function, and what holds both of them.
pub(crate) fn waking(env: Env, act: Function<'_, (), Unknown<'static>>) -> napi::Result<(Wake, Holder)> {
    let name = env.create_string("recallflow")?;
    let wake = Wake(Arc::default());
    let mut reference = ptr::null_mut();
    // SAFETY: this is the thread of JavaScript, and both values are alive.
    check_status!(unsafe { sys::napi_create_reference(env.raw(), act.raw(), 0, &raw mut reference) })?;
    let context = Box::into_raw(Box::new(Context { wake: wake.clone(), act: reference }));
    let mut raw = ptr::null_mut();
    // SAFETY: as above; the context is there until `ended` has taken it.
    let status = unsafe {
        sys::napi_create_threadsafe_function(
            env.raw(),
            ptr::null_mut(),
            ptr::null_mut(),
            name.raw(),
            0,
            1,
            context.cast(),
            Some(ended),
            context.cast(),
            Some(woken),
            &raw mut raw,
        )
    };
    if let Err(error) = check_status!(status) {
        // SAFETY: Node has not taken the context, and nothing else has the reference.
        unsafe {
            drop(Box::from_raw(context));
            sys::napi_delete_reference(env.raw(), reference);
        }
        return Err(error);
    }
    // SAFETY: this is the thread of JavaScript.
    check_status!(unsafe { sys::napi_unref_threadsafe_function(env.raw(), raw) })?;
    wake.set(Some(Handle(raw)));
    Ok((wake.clone(), Holder { wake, act: reference, is_holding: false }))
}

/// Calls the function, if it is still there.
unsafe extern "C" fn woken(env: sys::napi_env, _: sys::napi_value, context: *mut c_void, _: *mut c_void) {
    // There is no environment when the event loop ends before it has come to this.
    if env.is_null() {
        return;
    }
    let (mut act, mut this, mut thrown) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    // SAFETY: Node calls this on the thread of JavaScript, with the context that it was given and `ended` has not taken.
    unsafe {
        let Context { act: reference, .. } = &*context.cast::<Context>();
        if sys::napi_get_reference_value(env, *reference, &raw mut act) != sys::Status::napi_ok || act.is_null() {
            return;
        }
        sys::napi_get_undefined(env, &raw mut this);
        if sys::napi_call_function(env, this, act, 0, ptr::null(), ptr::null_mut())
            == sys::Status::napi_pending_exception
        {
            // Node itself would only warn that nobody has caught it.
            sys::napi_get_and_clear_last_exception(env, &raw mut thrown);
            sys::napi_fatal_exception(env, thrown);
        }
    }
}

/// Lets go of everything, when the event loop has ended or nobody wakes it any more.
unsafe extern "C" fn ended(env: sys::napi_env, context: *mut c_void, _: *mut c_void) {
    // SAFETY: Node calls this once, after everything else, with the context that it was given.
    let Context { wake, act } = *unsafe { Box::from_raw(context.cast::<Context>()) };
    let handle = wake.set(None);
    // SAFETY: this is the thread of JavaScript, and nobody uses handle and reference any more.
    unsafe {
        if let Some(Handle(raw)) = handle {
            // Newer versions keep what nobody has let go of.
            sys::napi_release_threadsafe_function(raw, sys::ThreadsafeFunctionReleaseMode::release);
        }
        sys::napi_delete_reference(env, act);
    }
}
