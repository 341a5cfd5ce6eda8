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

/** Numbers that the native module writes before the events: how many numbers these are, how many more events, room needed. */
const SUMMARY = 3;

/** Events, one after the other. */
interface Batch {
  numbers: Float64Array;
  /** Where the last of them ends. */
  end: number;
  texts: readonly string[] | null;
}

/** Events of more numbers than this are handed out one at a time. */
const LARGE = 512;

/** There are never so many calls at once. The native module knows this number as well. */
const PLACES = 2 ** 21;

// What is used after this package was loaded may be something else then: test runners put clocks of their own in place.
const later = setImmediate;
const now = performance.now.bind(performance);

/** Somebody who waits for the outcome of a call. */
export interface Waiting {
  /** The number of the call, once it was started. */
  call?: number;
  /** Takes what the call answers; undefined if that is nothing, or the end of the pages. */
  resolve(reader: Reader | undefined): void;
  reject(error: unknown): void;
  site: Site;
  logger: Logger | undefined;
  signal: AbortSignal | undefined;
  /** Where the logger is told, so that it finds what an `AsyncLocalStorage` holds for whoever called. */
  context?: AsyncResource;
}

/** Who waits for each call, in the place that is in its number. */
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
export function start(submit: (completions: NativeCompletions) => number, who: Waiting): void {
  const call = submit(completions);
  who.call = call;
  waiting[call % PLACES] = who;
  if (who.logger !== undefined) {
    who.context = new AsyncResource('recallflow');
  }
  if (who.signal !== undefined) {
    try {
      listen(who.signal, call);
    } catch (error) {
      abort(who);
      throw error;
    }
  }
}

/** Drops a call, if somebody still waits for it; nobody hears of it any more. */
export function abort(who: Waiting): void {
  if (who.call !== undefined && settle(who.call) !== undefined) {
    completions.abort(who.call);
  }
}

/** Who waits for a call. */
function whoWaits(call: number): Waiting | undefined {
  const who = waiting[call % PLACES];
  return who?.call === call ? who : undefined;
}

/** Who waits for a call, and does so no longer. */
function settle(call: number): Waiting | undefined {
  const who = whoWaits(call);
  if (who !== undefined) {
    waiting[call % PLACES] = undefined;
    if (who.signal !== undefined) {
      forget(who.signal, call);
    }
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
  const end = now() + SLICE;
  isScheduled = false;
  let isLarge = false;
  try {
    while ((isWoken || batch !== undefined) && !isLarge && now() <= end) {
      batch ??= taken();
      if (next < batch.end) {
        isLarge = handOut(batch) > LARGE;
      } else {
        batch = undefined;
      }
    }
  } finally {
    // Also when something failed: the others must not wait for ever.
    if (isWoken || batch !== undefined) {
      isScheduled = true;
      later(deliver);
    }
  }
}

function taken(): Batch {
  isWoken = false;
  next = SUMMARY;
  nextText = 0;
  let numbers = ROOM;
  let texts = completions.take(numbers);
  if (numbers[0] === 0 && (numbers[2] as number) > 0) {
    numbers = new Float64Array(numbers[2] as number);
    texts = completions.take(numbers);
  }
  isWoken = (numbers[1] as number) > 0;
  return { numbers, end: SUMMARY + (numbers[0] as number), texts };
}

/** Hands out the next event, and tells how many numbers it was. */
function handOut({ numbers, texts }: Batch): number {
  const head = next;
  const hasText = numbers[head + 3] === 1;
  const reader = new Reader(numbers, hasText ? (texts?.[nextText] as string) : '', head + 4);
  const length = numbers[head + 2] as number;
  next += 4 + length;
  nextText += hasText ? 1 : 0;
  take(numbers[head] as Tag, numbers[head + 1] as number, reader);
  return length;
}

function take(tag: Tag, call: number, reader: Reader): void {
  if (tag === Tag.Line) {
    const who = whoWaits(call);
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
  process.emitWarning(`the logger failed: ${shown(error)}`);
}

function shown(error: unknown): string {
  try {
    return inspect(error, { customInspect: false });
  } catch {
    return 'with an error that cannot be shown';
  }
}
