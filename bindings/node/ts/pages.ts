/** All items of a paged query. */

/// <reference lib="esnext.disposable" preserve="true" />

import { abort, start, type PendingCall } from './completions.js';
import { siteOf, type Site } from './errors.js';
import { attempt } from './failures.js';
import type { LogWriter } from './logging.js';
import type { NativePageReader } from './native.js';
import { PrivateParts } from './parts.js';
import type { Reader } from './reader.js';

/** How a list changed while it was paged. */
export interface Drift {
  /** Number of items that the service announced first, if it did. */
  readonly totalAtStart: number | undefined;
  /** Number of items that the service announced when the last change was noticed, if it did. */
  readonly totalAtEnd: number | undefined;
  /** Number of different items that were read. */
  readonly read: number;
  /** Number of items that the service returned twice and that were skipped. */
  readonly repeated: number;
}

/**
 * All items of a paged query. The next page is read when its items are needed.
 *
 * - Every page uses the same query, in which the span of time stays fixed.
 * - No item is returned twice: an item that moved to the next page while the list grew is skipped there.
 * - `drift` reports whether the list changed while it was paged. Items may be missing then.
 * - It ends at the last page, at an empty page, after pages without new items, and after an error.
 *
 * ```ts
 * const tasks = client.groupCalls(query);
 * for await (const task of tasks) console.log(task.taskName);
 * if (tasks.drift) console.log(tasks.drift);
 * ```
 *
 * The methods of a client create it.
 */
export class Pages<T> implements AsyncIterableIterator<T, undefined, undefined> {
  /** @internal */
  constructor(
    reader: NativePageReader,
    readItem: (reader: Reader) => T,
    logger: LogWriter | undefined,
    signal: AbortSignal | undefined,
  ) {
    iterators.set(this, new PageIterator(reader, readItem, logger, signal));
  }

  /** How the list changed while it was paged; `undefined` if it did not. */
  get drift(): Drift | undefined {
    return iterators.get(this).drift;
  }

  /** Returns the next item, and reads the next page if necessary. */
  next(): Promise<IteratorResult<T, undefined>> {
    return (iterators.get(this) as PageIterator<T>).next();
  }

  /** Ends the iteration, and aborts the call that reads a page. */
  return(): Promise<IteratorReturnResult<undefined>> {
    return iterators.get(this).return();
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

  /** Ends the iteration, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

/** The state of an iteration. */
class PageIterator<T> {
  readonly #reader: NativePageReader;
  readonly #readItem: (reader: Reader) => T;
  readonly #logger: LogWriter | undefined;
  readonly #signal: AbortSignal | undefined;
  #items: T[] = [];
  #at = 0;
  #isEnded = false;
  /** Aborts the call that reads a page. */
  #stop: (() => void) | undefined;
  /** Settles when all earlier calls of `next` have settled. */
  #turn: Promise<unknown> | undefined;

  constructor(
    reader: NativePageReader,
    readItem: (reader: Reader) => T,
    logger: LogWriter | undefined,
    signal: AbortSignal | undefined,
  ) {
    this.#reader = reader;
    this.#readItem = readItem;
    this.#logger = logger;
    this.#signal = signal;
  }

  get drift(): Drift | undefined {
    const drift = this.#reader.drift;
    return drift === null
      ? undefined
      : {
          totalAtStart: drift.totalAtStart ?? undefined,
          totalAtEnd: drift.totalAtEnd ?? undefined,
          read: drift.read,
          repeated: drift.repeated,
        };
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#turn === undefined && this.#at < this.#items.length) {
      return Promise.resolve(this.#item());
    }
    const site = siteOf(Pages.prototype.next);
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

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#end();
    this.#stop?.();
    return Promise.resolve({ done: true, value: undefined });
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
        // `return` may have been called meanwhile.
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

  /** Reads the items of the next page; `undefined` at the end. */
  #page(site: Site): Promise<T[] | undefined> {
    const signal = this.#signal;
    return new Promise<T[] | undefined>((resolve, reject) => {
      if (signal?.aborted === true) {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a signal may have any reason
        reject(signal.reason);
        return;
      }
      const isLogged = this.#logger !== undefined;
      const pending: PendingCall = {
        resolve: (reader) => {
          this.#stop = undefined;
          resolve(reader?.objects(this.#readItem));
        },
        reject: (error) => {
          this.#stop = undefined;
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a signal may have any reason
          reject(error);
        },
        site,
        logger: this.#logger,
        signal,
      };
      start((completions) => attempt(() => this.#reader.read(completions, isLogged), site), pending);
      this.#stop = () => {
        this.#stop = undefined;
        abort(pending);
        resolve(undefined);
      };
    });
  }
}

/** The private parts of all `Pages`. */
const iterators = new PrivateParts<PageIterator<unknown>>();
