/** Reads a paged query to its end. */

/// <reference lib="esnext.disposable" preserve="true" />

import { abort, start, type Waiting } from './completions.js';
import { siteOf, type Site } from './errors.js';
import { attempt, type NativeReader } from './native.js';
import type { Logger } from './options.js';
import type { Reader } from './reader.js';

/** How a list changed while it was read page after page. */
export interface Drift {
  /** Number of items when the first page was read, if the service told. */
  readonly totalAtStart: number | undefined;
  /** Number of items when the change was noticed last, if the service told. */
  readonly totalAtEnd: number | undefined;
  /** Number of items that came again and were left out. */
  readonly repeated: number;
}

/**
 * All items of a paged query, read page after page as they are asked for.
 *
 * - Every page is asked for with the same query, so the span of time stays what it was at the start.
 * - No item comes twice: an item that slid to the next page while the list grew is left out there.
 * - If the list changed while it was read, `drift` tells: items may be missing then.
 * - It ends at the last page, at an empty one, when pages bring nothing new, and after an error.
 *
 * ```ts
 * const tasks = client.groupCalls(query);
 * for await (const task of tasks) console.log(task.taskName);
 * if (tasks.drift) console.log(tasks.drift);
 * ```
 *
 * The methods of a client make it.
 */
export class Pages<T> implements AsyncIterableIterator<T, undefined, undefined> {
  readonly #reader: NativeReader;
  readonly #readItem: (reader: Reader) => T;
  readonly #logger: Logger | undefined;
  readonly #signal: AbortSignal | undefined;
  #items: T[] = [];
  #at = 0;
  #isEnded = false;
  /** Stops the page that is being read. */
  #stop: (() => void) | undefined;
  /** Settles when everybody who asked before has been served. */
  #turn: Promise<unknown> | undefined;

  /** @internal */
  constructor(
    reader: NativeReader,
    readItem: (reader: Reader) => T,
    logger: Logger | undefined,
    signal: AbortSignal | undefined,
  ) {
    this.#reader = reader;
    this.#readItem = readItem;
    this.#logger = logger;
    this.#signal = signal;
  }

  /** How the list changed while it was read; undefined as long as it did not. */
  get drift(): Drift | undefined {
    const drift = this.#reader.drift;
    return drift === null
      ? undefined
      : {
          totalAtStart: drift.totalAtStart ?? undefined,
          totalAtEnd: drift.totalAtEnd ?? undefined,
          repeated: drift.repeated,
        };
  }

  /** The next item, for which the next page is read if need be. */
  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#turn === undefined && this.#at < this.#items.length) {
      return Promise.resolve(this.#item());
    }
    const site = siteOf(this.next);
    const result = this.#turn === undefined ? this.#advance(site) : this.#turn.then(() => this.#advance(site));
    const turn = result.then(
      () => {
        this.#left(turn);
      },
      () => {
        this.#left(turn);
      },
    );
    this.#turn = turn;
    return result;
  }

  /** Ends the iteration; a page that is being read is given up. */
  return(): Promise<IteratorReturnResult<undefined>> {
    this.#end();
    this.#stop?.();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](
    _depth: number,
    options: object,
    inspect: typeof import('node:util').inspect,
  ): string {
    return `Pages ${inspect({ drift: this.drift }, options)}`;
  }

  /** The same as `return`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #left(turn: Promise<unknown>): void {
    if (this.#turn === turn) {
      this.#turn = undefined;
    }
  }

  #end(): void {
    this.#isEnded = true;
    this.#items = [];
    this.#at = 0;
  }

  #hasEnded(): boolean {
    return this.#isEnded;
  }

  #item(): IteratorYieldResult<T> {
    const value = this.#items[this.#at] as T;
    this.#at += 1;
    return { done: false, value };
  }

  async #advance(site: Site): Promise<IteratorResult<T, undefined>> {
    while (this.#at >= this.#items.length) {
      if (this.#isEnded) {
        return { done: true, value: undefined };
      }
      try {
        const items = await this.#page(site);
        // It may have ended while this was on its way.
        if (items === undefined || this.#hasEnded()) {
          this.#end();
        } else {
          this.#items = items;
          this.#at = 0;
        }
      } catch (error) {
        this.#end();
        throw error;
      }
    }
    return this.#item();
  }

  /** The items of the next page; undefined at the end. */
  #page(site: Site): Promise<T[] | undefined> {
    const signal = this.#signal;
    return new Promise<T[] | undefined>((resolve, reject) => {
      if (signal?.aborted === true) {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is whatever the signal says
        reject(signal.reason);
        return;
      }
      const isLogged = this.#logger !== undefined;
      const who: Waiting = {
        resolve: (reader) => {
          this.#stop = undefined;
          resolve(reader?.objects(this.#readItem));
        },
        reject: (error) => {
          this.#stop = undefined;
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it may be the signal's reason
          reject(error);
        },
        site,
        logger: this.#logger,
        signal,
      };
      start((completions) => attempt(() => this.#reader.read(completions, isLogged), site), who);
      this.#stop = () => {
        this.#stop = undefined;
        abort(who);
        resolve(undefined);
      };
    });
  }
}
