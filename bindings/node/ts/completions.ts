/** The calls of this thread: each waits here until the native module tells its outcome. */

import { AsyncResource } from 'node:async_hooks';
import { inspect } from 'node:util';
import { isPromise } from 'node:util/types';

import { camel, errorOf, moveTo, type Site } from './errors.js';
import type { Logger } from './options.js';
import { native, type NativeCompletions } from './native.js';
import { Reader } from './reader.js';

/** What an event is, in the order of the native module. */
const enum Tag {
  Nothing,
  Response,
  Items,
  End,
  Failure,
  Line,
}

/** Milliseconds after which the event loop gets its turn, however many outcomes there are. */
const SLICE = 1;

/** Where the native module writes: one page is about 2200 numbers. */
const ROOM = new Float64Array(16_384);

/** Events, one after the other. */
interface Batch {
  numbers: Float64Array;
  /** How many of the numbers. */
  length: number;
  texts: readonly string[];
}

/** Events of more numbers than this are handed out one at a time. */
const LARGE = 512;

/** Somebody who waits for the outcome of a call. */
export interface Waiting {
  /** Takes what the call answers; undefined if that is nothing, or the end of the pages. */
  resolve(reader: Reader | undefined): void;
  reject(error: unknown): void;
  site: Site;
  logger: Logger | undefined;
  signal: AbortSignal | undefined;
  /** Where the logger is told, so that it finds what an `AsyncLocalStorage` holds for whoever called. */
  context?: AsyncResource;
}

/** Who waits for each call, in the place that the native module has given the call. */
const waiting: (Waiting | undefined)[] = [];

/** The calls that a signal aborts, and how it is told that there are none. */
const aborted = new WeakMap<AbortSignal, Set<number>>();

const completions: NativeCompletions = new native.Completions(wake);
// The native module holds this function only while calls wait, so that a copy of this package that is used no more, such
// as that of a test file that has ended, can be collected.
Object.assign(completions, { wake });

/** What is being handed out, how far that has come, whether there is more to take after it, and whether that goes on by itself. */
let batch: Batch | undefined;
let next = 0;
let nextText = 0;
let isWoken = false;
let isScheduled = false;

/** Starts a call by what `submit` does; nothing is started if that throws. */
export function start(submit: (completions: NativeCompletions) => number, who: Waiting): number {
  const call = submit(completions);
  if (who.logger !== undefined) {
    who.context = new AsyncResource('recallflow');
  }
  waiting[call] = who;
  if (who.signal !== undefined) {
    listen(who.signal, call);
  }
  return call;
}

/** Drops a call; nobody hears of it any more. */
export function abort(call: number): void {
  settle(call);
  completions.abort(call);
}

/** Who waits for a call, and does so no longer. */
function settle(call: number): Waiting | undefined {
  const who = waiting[call];
  waiting[call] = undefined;
  if (who?.signal !== undefined) {
    forget(who.signal, call);
  }
  return who;
}

/** One listener serves all calls with the same signal. */
function listen(signal: AbortSignal, call: number): void {
  let calls = aborted.get(signal);
  if (calls === undefined) {
    calls = new Set();
    aborted.set(signal, calls);
  }
  if (calls.size === 0) {
    signal.addEventListener('abort', onAbort);
  }
  calls.add(call);
}

function forget(signal: AbortSignal, call: number): void {
  const calls = aborted.get(signal);
  calls?.delete(call);
  if (calls?.size === 0) {
    signal.removeEventListener('abort', onAbort);
  }
}

function onAbort(this: AbortSignal): void {
  for (const call of [...(aborted.get(this) ?? [])]) {
    const who = settle(call);
    completions.abort(call);
    who?.reject(this.reason);
  }
}

function wake(): void {
  isWoken = true;
  if (!isScheduled) {
    deliver();
  }
}

/**
 * Hands out events in the order in which they came, and the rest of them when the event loop had its turn. What comes
 * meanwhile stays in the native module until then: a call must not be over before its last lines are told.
 *
 * After a large event it is their turn as well: whoever waited for it uses it then and lets go of it, before the next one is
 * made. Many of them at once would be more than what the engine collects cheaply.
 */
function deliver(): void {
  const end = performance.now() + SLICE;
  isScheduled = false;
  let isLarge = false;
  while (isWoken || batch !== undefined) {
    if (isLarge || performance.now() > end) {
      isScheduled = true;
      setImmediate(deliver);
      return;
    }
    batch ??= taken();
    if (next < batch.length) {
      isLarge = handOut(batch) > LARGE;
    } else {
      batch = undefined;
    }
  }
}

function taken(): Batch {
  isWoken = false;
  next = 0;
  nextText = 0;
  let numbers = ROOM;
  let taken = completions.take(numbers);
  if (taken.needed > 0 && taken.length === 0) {
    numbers = new Float64Array(taken.needed);
    taken = completions.take(numbers);
  }
  isWoken = taken.hasMore;
  return { numbers, length: taken.length, texts: taken.texts };
}

/** Hands out the next event, and tells how many numbers it was. */
function handOut({ numbers, texts }: Batch): number {
  const head = next;
  const hasText = numbers[head + 3] === 1;
  const reader = new Reader(numbers, hasText ? (texts[nextText] as string) : '', head + 4);
  const length = numbers[head + 2] as number;
  next += 4 + length;
  nextText += hasText ? 1 : 0;
  take(numbers[head] as Tag, numbers[head + 1] as number, reader);
  return length;
}

function take(tag: Tag, call: number, reader: Reader): void {
  if (tag === Tag.Line) {
    const who = waiting[call];
    who?.context?.runInAsyncScope(log, undefined, who.logger, reader);
    return;
  }
  const who = settle(call);
  if (who === undefined) {
    return;
  }
  try {
    if (tag === Tag.Failure) {
      who.reject(moveTo(errorOf(reader.any()), who.site));
    } else {
      who.resolve(tag === Tag.Response || tag === Tag.Items ? reader : undefined);
    }
  } catch (error) {
    who.reject(error);
  }
}

function log(logger: Logger | undefined, reader: Reader): void {
  const line = reader.any() as { level: string; message: string; fields: Record<string, unknown> };
  const level = line.level === 'trace' ? 'debug' : (line.level as keyof Logger);
  const fields = Object.fromEntries(
    Object.entries(line.fields).map(([name, value]) => [
      camel(name),
      name === 'operation' ? camel(String(value)) : value,
    ]),
  );
  try {
    const told: unknown = logger?.[level]?.(line.message, fields);
    if (isPromise(told)) {
      told.catch(warn);
    }
  } catch (error) {
    warn(error);
  }
}

/** A call must not fail because it cannot be told of, nor must whoever looks for the reason be left in the dark. */
function warn(error: unknown): void {
  // An error of another realm, such as test runners make, would be refused.
  process.emitWarning(`the logger failed: ${inspect(error, { customInspect: false })}`);
}
