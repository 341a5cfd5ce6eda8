/** Waiting until a flow reaches a state, or until tasks have ended. */

import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';

import { encode } from './encode.js';
import { ConfigError, RecallFlowError, WaitError, type Site } from './errors.js';
import { attempt } from './failures.js';
import { RecallStatus, type RecallStatusValue } from './generated/enums.js';
import type { GroupCallTask, RecallFlowDetail } from './generated/responses.js';
import { native, type NativeWait } from './native.js';
import type { CallOptions } from './options.js';

/** Options of a wait, which has the `timeout` as a whole. The other options are those of each call. */
export interface WaitOptions<T> extends CallOptions {
  /** Total time of the wait in milliseconds. */
  timeout: number;
  /**
   * Called after each read with the number of ended nodes or tasks, their number, and the flow or the tasks. If it throws or
   * rejects, the wait ends with that error.
   */
  onProgress?: ((done: number, total: number, item: T) => unknown) | undefined;
}

/** Options of a wait for a flow. */
export interface FlowWaitOptions extends WaitOptions<RecallFlowDetail> {
  /** Status to wait for; `RecallStatus.COMPLETED` by default. */
  until?: RecallStatus | undefined;
}

/** Measures the time and sleeps. Tests replace both, so that no test sleeps. */
export const clock = {
  now: performance.now.bind(performance),
  sleep: async (delay: number, signal: AbortSignal | undefined): Promise<void> => {
    try {
      await setTimeout(delay, undefined, { signal });
    } catch {
      throwIfAborted(signal);
    }
  },
};

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw signal.reason;
  }
}

/** The reads of one wait. A client reads; the native module decides. */
export class Polling<T extends RecallFlowDetail | GroupCallTask[]> {
  readonly #wait: NativeWait;
  readonly #site: Site;
  readonly #others: CallOptions;
  readonly #onProgress: WaitOptions<T>['onProgress'];
  readonly #start = clock.now();
  /** Milliseconds that a call may take by default. */
  readonly #callTimeout: number;

  constructor(options: FlowWaitOptions | WaitOptions<T>, site: Site, isForFlow: boolean, callTimeout: number) {
    if (typeof options !== 'object' || (options as unknown) === null) {
      throw new ConfigError('expected an object with the `timeout` of the wait, such as `{ timeout: 3_600_000 }`');
    }
    const { timeout, onProgress, until = RecallStatus.COMPLETED, ...others } = options as FlowWaitOptions;
    this.#wait = new native.Wait(encode({ timeout, until: isForFlow ? until : undefined }));
    this.#others = others;
    this.#onProgress = onProgress as WaitOptions<T>['onProgress'];
    this.#site = site;
    this.#callTimeout = callTimeout;
  }

  /** Returns the options of a call that begins now. */
  callOptions(): CallOptions {
    return { ...this.#others, timeout: Math.min(this.timeLeft(), this.#callTimeout) };
  }

  /** Returns the milliseconds until the deadline of the wait. */
  timeLeft(): number {
    return Math.max(this.#wait.timeout - (clock.now() - this.#start), 1);
  }

  /** Reads until the wait ends. `status` and `parts` are those of what was read. */
  async run(
    read: () => Promise<T>,
    status: (value: T) => RecallStatusValue | undefined,
    parts: (value: T) => readonly (number | undefined)[],
  ): Promise<T> {
    const { signal } = this.#others;
    let last: T | undefined;
    for (;;) {
      let value: T | undefined;
      let cause: unknown;
      try {
        value = await read();
      } catch (error) {
        throwIfAborted(signal);
        if (!(error instanceof RecallFlowError && error.isRetryable)) {
          throw error;
        }
        cause = error;
        this.#wait.fail(error.message);
      }
      if (value !== undefined) {
        last = value;
        const [done, total] = this.#wait.see(
          status(value) ?? null,
          parts(value).map((part) => part ?? null),
        );
        await this.#onProgress?.(done, total, value);
        throwIfAborted(signal);
      }
      const delay = this.#nextDelay(last, cause);
      if (delay === null && value !== undefined) {
        return value;
      }
      await clock.sleep(delay ?? 0, signal);
    }
  }

  #nextDelay(last: T | undefined, cause: unknown): number | null {
    try {
      return attempt(() => this.#wait.nextDelay(clock.now() - this.#start), this.#site);
    } catch (error) {
      throw error instanceof WaitError ? error._complete(last, cause) : error;
    }
  }
}
