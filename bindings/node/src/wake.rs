//! Wakes the event loop from other threads, by a thread-safe function that calls a JavaScript callback.
//!
//! A thread-safe function lives as long as the JavaScript thread. If it held the callback, it would keep the package alive,
//! and with it the realm that the package was loaded in. Test runners create a realm for each file. So the callback is
//! referenced only while calls are pending; otherwise the package itself keeps it alive.
//!
//! This module calls Node-API directly, because napi-rs has neither a reference that is weak at times nor a thread-safe
//! function without a strong reference.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;
use std::rc::Rc;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use napi::bindgen_prelude::{Function, Object};
use napi::{Env, JsValue as _, Unknown, check_status, sys};

/// Wakes the event loop from any thread, without keeping it alive.
///
/// Threads use the handle under a read lock. Releasing the handle takes the write lock.
#[derive(Clone)]
pub(crate) struct Wake(Arc<RwLock<Option<Handle>>>);

/// A thread-safe function.
#[derive(Clone, Copy)]
struct Handle(sys::napi_threadsafe_function);

// SAFETY: thread-safe functions are made for use from any thread, and every use holds the lock that releasing waits for.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

impl Wake {
    fn lock_handle(&self) -> RwLockReadGuard<'_, Option<Handle>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn replace_handle(&self, handle: Option<Handle>) -> Option<Handle> {
        std::mem::replace(&mut self.0.write().unwrap_or_else(PoisonError::into_inner), handle)
    }

    /// Wakes the event loop, unless it has ended.
    pub(crate) fn wake_event_loop(&self) {
        if let Some(Handle(raw)) = *self.lock_handle() {
            // The call fails only if the event loop is ending; then nothing is left to wake.
            // SAFETY: the handle is valid until `finalize` takes it, which the read lock delays.
            unsafe {
                sys::napi_call_threadsafe_function(raw, ptr::null_mut(), sys::ThreadsafeFunctionCallMode::nonblocking)
            };
        }
    }
}

/// Keeps the event loop and the callback alive while calls are pending. Only the JavaScript thread uses it.
pub(crate) struct Holder {
    wake: Wake,
    callback: sys::napi_ref,
    is_holding: Rc<Cell<bool>>,
}

impl Holder {
    /// Starts or stops to keep them alive.
    pub(crate) fn set_holding(&mut self, env: Env, is_needed: bool) -> napi::Result<()> {
        let Some(Handle(raw)) = *self.wake.lock_handle() else { return Ok(()) };
        if self.is_holding.replace(is_needed) == is_needed {
            return Ok(());
        }
        let (env, mut count) = (env.raw(), 0);
        // SAFETY: this is the JavaScript thread, and both are valid until `finalize` takes the handle.
        unsafe {
            if is_needed {
                check_status!(sys::napi_reference_ref(env, self.callback, &raw mut count))?;
                check_status!(sys::napi_ref_threadsafe_function(env, raw))
            } else {
                check_status!(sys::napi_reference_unref(env, self.callback, &raw mut count))?;
                check_status!(sys::napi_unref_threadsafe_function(env, raw))
            }
        }
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        if let Some(Handle(raw)) = self.wake.replace_handle(None) {
            // SAFETY: nothing else uses the handle, because it was taken. Node calls `finalize` later.
            unsafe { sys::napi_release_threadsafe_function(raw, sys::ThreadsafeFunctionReleaseMode::abort) };
        }
    }
}

/// The data of the thread-safe function, which Node passes to `call_callback` and `finalize`.
struct Context {
    wake: Wake,
    callback: sys::napi_ref,
}

/// Creates a thread-safe function that calls `callback`.
pub(crate) fn create_wake(env: Env, callback: Function<'_, (), Unknown<'static>>) -> napi::Result<(Wake, Holder)> {
    let name = env.create_string("recallflow")?;
    let wake = Wake(Arc::default());
    let is_holding = Rc::new(Cell::new(false));
    let resource = create_resource(&env, Rc::clone(&is_holding))?;
    let mut reference = ptr::null_mut();
    // SAFETY: this is the JavaScript thread, and both values are alive.
    check_status!(unsafe { sys::napi_create_reference(env.raw(), callback.raw(), 0, &raw mut reference) })?;
    let context = Box::into_raw(Box::new(Context { wake: wake.clone(), callback: reference }));
    let mut raw = ptr::null_mut();
    // SAFETY: as above; the context is valid until `finalize` takes it.
    let status = unsafe {
        sys::napi_create_threadsafe_function(
            env.raw(),
            ptr::null_mut(),
            resource.raw(),
            name.raw(),
            0,
            1,
            context.cast(),
            Some(finalize),
            context.cast(),
            Some(call_callback),
            &raw mut raw,
        )
    };
    if let Err(error) = check_status!(status) {
        // SAFETY: Node did not take the context, and nothing else has the reference.
        unsafe {
            drop(Box::from_raw(context));
            sys::napi_delete_reference(env.raw(), reference);
        }
        return Err(error);
    }
    // SAFETY: this is the JavaScript thread.
    check_status!(unsafe { sys::napi_unref_threadsafe_function(env.raw(), raw) })?;
    wake.replace_handle(Some(Handle(raw)));
    Ok((wake.clone(), Holder { wake, callback: reference, is_holding }))
}

/// Creates the object with which `async_hooks` describes the thread-safe function.
///
/// Its method `hasRef`, as that of Node's own handles, returns whether the function keeps the event loop alive. Jest would
/// otherwise report an open handle for every program that imports the package. The object belongs to Node's own realm, so
/// that it does not keep another one alive.
fn create_resource(env: &Env, is_holding: Rc<Cell<bool>>) -> napi::Result<Object<'_>> {
    let mut resource = Object::new(env)?;
    let has_ref = env.create_function_from_closure::<(), _, _>("hasRef", move |_| Ok(is_holding.get()))?;
    resource.set("hasRef", has_ref)?;
    Ok(resource)
}

/// Calls the callback if it still exists.
unsafe extern "C" fn call_callback(env: sys::napi_env, _: sys::napi_value, context: *mut c_void, _: *mut c_void) {
    // Without an environment, the event loop ended before it came to this call.
    if env.is_null() {
        return;
    }
    let (mut callback, mut this, mut thrown) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    // SAFETY: Node calls this on the JavaScript thread, before `finalize` takes the context.
    unsafe {
        let Context { callback: reference, .. } = &*context.cast::<Context>();
        if sys::napi_get_reference_value(env, *reference, &raw mut callback) != sys::Status::napi_ok
            || callback.is_null()
        {
            return;
        }
        sys::napi_get_undefined(env, &raw mut this);
        if sys::napi_call_function(env, this, callback, 0, ptr::null(), ptr::null_mut())
            == sys::Status::napi_pending_exception
        {
            // Report it as an uncaught exception; by itself, Node only prints a warning.
            sys::napi_get_and_clear_last_exception(env, &raw mut thrown);
            sys::napi_fatal_exception(env, thrown);
        }
    }
}

/// Releases everything, after the event loop has ended or the `Holder` was dropped.
unsafe extern "C" fn finalize(env: sys::napi_env, context: *mut c_void, _: *mut c_void) {
    // SAFETY: Node calls this once, last, with the context of `create_wake`.
    let Context { wake, callback } = *unsafe { Box::from_raw(context.cast::<Context>()) };
    let handle = wake.replace_handle(None);
    // SAFETY: this is the JavaScript thread, and nothing else uses the handle or the reference.
    unsafe {
        if let Some(Handle(raw)) = handle {
            // Newer versions of Node leak a thread-safe function that is not released.
            sys::napi_release_threadsafe_function(raw, sys::ThreadsafeFunctionReleaseMode::release);
        }
        sys::napi_delete_reference(env, callback);
    }
}
