//! Wakes the event loop, which calls a function of the package then.
//!
//! What Node holds for waking up lives as long as the thread, or until it is dropped. If that held the function, it would
//! hold all that the function knows: the package, and the realm that it was loaded in. Test runners make a realm for each
//! file. So the function is held only while calls wait, and whoever uses the package holds it otherwise.

use napi::bindgen_prelude::{Function, FunctionRef, JsObjectValue as _, Object};
use napi::threadsafe_function::ThreadsafeFunction;
use napi::{Env, JsValue as _, Status, Unknown};

/// Wakes the event loop from any thread. It does not keep that alive by itself.
pub(crate) type Wake = ThreadsafeFunction<(), (), (), Status, false, true>;

type Act = Function<'static, (), Unknown<'static>>;

/// Keeps the event loop alive, and what it calls, while calls wait. Only the thread of JavaScript ever touches it.
pub(crate) struct Holder {
    alive: Wake,
    /// Finds the function, if it is still there.
    find: FunctionRef<(), Option<Act>>,
    held: Option<FunctionRef<(), Unknown<'static>>>,
}

impl Holder {
    pub(crate) fn hold(&mut self, env: Env, is_needed: bool) -> napi::Result<()> {
        match (is_needed, &self.held) {
            (true, None) => {
                self.held = self.find.borrow_back(&env)?.call(())?.map(|act| act.create_ref()).transpose()?;
                #[expect(deprecated, reason = "what is proposed instead would make it anew for each call")]
                self.alive.refer(&env)
            }
            (false, Some(_)) => {
                self.held = None;
                #[expect(deprecated, reason = "what is proposed instead would make it anew for each call")]
                self.alive.unref(&env)
            }
            _ => Ok(()),
        }
    }
}

/// What wakes the event loop so that it calls this function, and what holds both of them.
pub(crate) fn waking(env: Env, act: Function<'_, (), Unknown<'static>>) -> napi::Result<(Wake, Holder)> {
    // All that is held for good is of the realm of Node itself.
    let weakly = env.get_global()?.get_named_property::<Function<'_, Function<'_, (), Unknown<'static>>>>("WeakRef")?;
    let weak = weakly.new_instance(act)?.coerce_to_object()?;
    let find: Function<'_, (), Option<Act>> = weak.get_named_property("deref")?;
    let find = find.bind(weak)?.create_ref()?;
    let call = env.create_function_from_closure("wake", |context| {
        let weak: Object<'_> = context.this()?;
        let find: Function<'_, (), Option<Act>> = weak.get_named_property("deref")?;
        find.apply(weak, ())?.map(|act| act.call(())).transpose().map(drop)
    })?;
    let call: Function<'_, (), ()> = call.bind(weak)?;
    let make = || call.build_threadsafe_function().callee_handled::<false>().weak::<true>().build();
    Ok((make()?, Holder { alive: make()?, find, held: None }))
}
