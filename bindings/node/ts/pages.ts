/** All items of a paged query. */

/// <reference lib="esnext.disposable" preserve="true" />

import { abort, start, type PendingCall } from './completions.js';
import { ConfigError, siteOf, type Drift, type Site } from './errors.js';
import { attempt } from './failures.js';
import type { Observer } from './events.js';
import type { NativePageReader } from './native.js';
import { PrivateParts } from './parts.js';
import type { Reader } from './reader.js';

/**
 * All items of a paged query. The next page is read when its items are needed.
 *
 * - Every page uses the same query, in which the span of time stays fixed.
 * - No item is returned twice: an item that moved to the next page while the list grew is skipped there.
 * - `drift` reports whether the list changed while it was paged. Items may be missing then.
 * - It ends at the last page, at an empty page, and after pages without new items.
 * - Each loop starts again with the first page. `next` continues the latest loop.
 * - After an error, `next` reads the same page again.
 *
 * ```ts
 * const tasks = client.groupCalls(query);
 * for await (const task of tasks) console.log(task.taskName);
 * if (tasks.drift) console.log(tasks.drift);
 * ```
 *
 * The methods of a client create it.
 */
export class Pages<T> implements AsyncIterable<T, undefined, undefined>, AsyncIterator<T, undefined, undefined> {
  /** @internal */
  constructor(
    open: () => NativePageReader,
    readItem: (reader: Reader) => T,
    observer: Observer,
    signal: AbortSignal | undefined,
  ) {
    const start = (reader: NativePageReader): PageIterator<T> => new PageIterator(reader, readItem, observer, signal);
    iterations.set(this, new Iterations(start, open, readItem));
  }

  /** Number of items on all pages, as the service last reported it; `undefined` before the first page. */
  get total(): number | undefined {
    return iterations.get(this).latest.total;
  }

  /** How the list changed while it was paged; `undefined` if it did not. It is known at the end. */
  get drift(): Drift | undefined {
    return iterations.get(this).latest.drift;
  }

  /** Returns the next item of the latest loop, and reads the next page if necessary. */
  next(): Promise<IteratorResult<T, undefined>> {
    return (iterations.get(this) as Iterations<T>).current().next(siteOf(Pages.prototype.next));
  }

  /** Ends the latest loop, and aborts the calls that read its pages. */
  return(): Promise<IteratorReturnResult<undefined>> {
    return iterations.get(this).current().return();
  }

  /** Starts again with the first page, and iterates over whole pages: arrays of their new items. None is empty. */
  pages(): AsyncIterableIterator<T[], undefined, undefined> {
    const pages = (iterations.get(this) as Iterations<T>).start(siteOf(Pages.prototype.pages));
    return {
      next: () => pages.nextPage(siteOf(Pages.prototype.pages)),
      return: () => pages.return(),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Reads the list from its first page, and returns all items, or the first `limit` ones. */
  async toList(options: { limit?: number | undefined } = {}): Promise<T[]> {
    const { limit = Infinity } = options;
    if (!(limit >= 0)) {
      throw new ConfigError(`expected a number of at least 0 for \`limit\`, got ${String(limit)}`);
    }
    const site = siteOf(Pages.prototype.toList);
    const pages = (iterations.get(this) as Iterations<T>).start(site);
    const items: T[] = [];
    while (items.length < limit) {
      const { done, value } = await pages.next(site);
      if (done === true) {
        break;
      }
      items.push(value);
    }
    return items;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined, undefined> {
    const site = siteOf(Pages.prototype[Symbol.asyncIterator]);
    const items = (iterations.get(this) as Iterations<T>).start(site);
    return {
      next: () => items.next(site),
      return: () => items.return(),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](
    _depth: number,
    options: object,
    inspect: typeof import('node:util').inspect,
  ): string {
    return `Pages ${inspect({ total: this.total, drift: this.drift }, options)}`;
  }

  /** Ends the latest loop, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

/** The iterations over one list. */
class Iterations<T> {
  /** Reads an item; it identifies the type of the items. */
  readonly readItem: (reader: Reader) => T;
  readonly #start: (reader: NativePageReader) => PageIterator<T>;
  readonly #open: () => NativePageReader;
  /** The latest one. */
  latest: PageIterator<T>;
  #isStarted = false;

  constructor(
    start: (reader: NativePageReader) => PageIterator<T>,
    open: () => NativePageReader,
    readItem: (reader: Reader) => T,
  ) {
    this.readItem = readItem;
    this.#start = start;
    this.#open = open;
    this.latest = start(open());
  }

  /** Starts an iteration with the first page. */
  start(site: Site): PageIterator<T> {
    if (this.#isStarted) {
      this.latest = this.#start(attempt(this.#open, site));
    }
    this.#isStarted = true;
    return this.latest;
  }

  /** Returns the latest iteration. */
  current(): PageIterator<T> {
    this.#isStarted = true;
    return this.latest;
  }
}

/** The state of an iteration. */
class PageIterator<T> {
  readonly #reader: NativePageReader;
  readonly #readItem: (reader: Reader) => T;
  readonly #observer: Observer;
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
    observer: Observer,
    signal: AbortSignal | undefined,
  ) {
    this.#reader = reader;
    this.#readItem = readItem;
    this.#observer = observer;
    this.#signal = signal;
  }

  get total(): number | undefined {
    return this.#reader.total ?? undefined;
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

  next(site: Site): Promise<IteratorResult<T, undefined>> {
    if (this.#turn === undefined && this.#at < this.#items.length) {
      return Promise.resolve(this.#item());
    }
    return this.#inTurn(async () => ((await this.#advance(site)) ? this.#item() : { done: true, value: undefined }));
  }

  nextPage(site: Site): Promise<IteratorResult<T[], undefined>> {
    return this.#inTurn(async () => {
      if (!(await this.#advance(site))) {
        return { done: true, value: undefined };
      }
      const value = this.#items.slice(this.#at);
      this.#at = this.#items.length;
      return { done: false, value };
    });
  }

  /** Acts after all earlier calls. */
  #inTurn<R>(act: () => Promise<R>): Promise<R> {
    const result = this.#turn === undefined ? act() : this.#turn.then(act);
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

  /** Reads pages until an item is ready. Returns false at the end. */
  async #advance(site: Site): Promise<boolean> {
    while (this.#at >= this.#items.length) {
      if (this.#isEnded) {
        return false;
      }
      const items = await this.#page(site);
      // `return` may have been called meanwhile.
      if (items === undefined || this.#hasEnded()) {
        this.#end();
      } else {
        this.#items = items;
        this.#at = 0;
      }
    }
    return true;
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
      const observer = this.#observer.active();
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
        observer,
        signal,
      };
      start((completions) => attempt(() => this.#reader.read(completions, observer !== undefined), site), pending);
      this.#stop = () => {
        this.#stop = undefined;
        abort(pending);
        resolve(undefined);
      };
    });
  }
}

/** The private parts of all `Pages`. */
const iterations = new PrivateParts<Iterations<unknown>>();

/** Returns the function that reads the items of a list, which identifies their type; `undefined` for any other value. */
export function itemReaderOf(tasks: unknown): ((reader: Reader) => unknown) | undefined {
  return tasks instanceof Pages ? iterations.get(tasks).readItem : undefined;
}
