/**
 * Keeps the private parts of public objects in a property that printing, copying and comparing do not see.
 *
 * A private name would not work through a `Proxy`, such as those of Vue, MobX and dependency injection, because `this` is
 * then the proxy. The parts are behind a function, because such a proxy also wraps the objects that it returns, and the
 * native module refuses wrapped objects.
 */

/** The private parts of all objects of one class. */
export class PrivateParts<P extends object> {
  readonly #key = Symbol('private parts');

  /** Sets the private parts of an object. */
  set(owner: object, parts: P): void {
    // A proxy may not wrap the value of a property that can never change.
    Object.defineProperty(owner, this.#key, { value: () => parts, configurable: true, writable: true });
  }

  /** Returns the private parts of an object. */
  get(owner: object): P {
    const parts = (owner as Record<symbol, () => P>)[this.#key] as () => P;
    return parts();
  }
}
