/** The promise of a call, and the HTTP response behind its result. */

import { inspect } from 'node:util';

import { keepResponse, type PendingCall } from './completions.js';
import { ConfigError } from './errors.js';
import type { ReceivedResponse } from './native.js';

/** The HTTP response of a call. Printing it shows only the length of the body, which may hold anything. */
export class RawResponse {
  /** HTTP status code. */
  readonly httpStatus: number;
  /**
   * The headers by their lower-case names. Several values of one name are joined with `, `, and secrets that the service
   * echoes are redacted.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it was received. */
  readonly body: Uint8Array;
  /** Number of attempts of the call. */
  readonly attempts: number;
  /** Milliseconds from the start of the call to the end of the response, with all attempts. */
  readonly elapsed: number;

  /** @internal */
  constructor(received: ReceivedResponse) {
    this.httpStatus = received.httpStatus;
    this.headers = received.headers;
    this.body = received.body;
    this.attempts = received.attempts;
    this.elapsed = received.elapsed;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](_depth: number, options: object): string {
    const { body, ...shown } = this;
    return `RawResponse ${inspect({ ...shown, body: `${String(body.length)} bytes` }, options)}`;
  }
}

/** The result of a call and its HTTP response. */
export interface WithResponse<T> {
  /** The value of the promise; `undefined` for an update. */
  data: T;
  response: RawResponse;
}

/** The promise of a call. It is an ordinary promise, whose `withResponse` also returns the HTTP response. */
export class CallPromise<T> extends Promise<T> {
  #pending: PendingCall | undefined;

  /**
   * Creates the promise of the call that `begin` starts. `begin` returns nothing if it settles the promise itself.
   *
   * @internal
   */
  static of<T>(
    begin: (resolve: (value: T) => void, reject: (reason: unknown) => void) => PendingCall | undefined,
  ): CallPromise<T> {
    let pending: PendingCall | undefined;
    const promise = new CallPromise<T>((resolve, reject) => {
      pending = begin(resolve, reject);
    });
    promise.#pending = pending;
    return promise;
  }

  /**
   * Returns the value together with the HTTP response:
   *
   * ```ts
   * const { data, response } = await client.queryRecallFlowDetail(299).withResponse();
   * console.log(response.httpStatus, response.headers['date'], response.attempts);
   * ```
   *
   * Call it on the promise at once, because the response of other calls is dropped when it arrives.
   *
   * @throws {@link ConfigError} if the response has already arrived.
   */
  withResponse(): Promise<WithResponse<T>> {
    const pending = this.#pending;
    const isKept = pending !== undefined && keepResponse(pending);
    return this.then((data) => {
      if (!isKept || pending.received === undefined) {
        throw new ConfigError(
          'the HTTP response was dropped when it arrived; call `withResponse` at once, as in `await client.call(…).withResponse()`',
        );
      }
      return { data, response: new RawResponse(pending.received) };
    });
  }
}

// `await` and `then` create a plain promise for each promise of another class, which takes time.
void Object.defineProperty(CallPromise.prototype, 'constructor', {
  value: Promise,
  configurable: true,
  writable: true,
});
