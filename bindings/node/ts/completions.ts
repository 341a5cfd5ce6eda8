/** The pending calls of this thread. The native module reports their outcomes and log lines in batches of events. */

import { AsyncResource } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';

import { camel, moveTo, type Site } from './errors.js';
import { errorOf, outcomeUnknown } from './failures.js';
import type { Observer } from './events.js';
import type { Logger } from './logging.js';
import { native, type NativeCompletions, type ReceivedResponse } from './native.js';
import { Reader } from './reader.js';

const { CALL_SLOTS, EventKind, HEAD_LENGTH, SUMMARY_LENGTH } = native;

/** Milliseconds for which events are dispatched before the event loop continues with its other work. */
const TIME_SLICE = 1;

/** The buffer of the batches. A page has about 2200 numbers. */
const BUFFER = new Float64Array(16_384);

/** An event of more numbers than this ends the time slice. */
const LARGE_EVENT = 512;

/** Events that the native module has written, one after the other. */
interface Batch {
  numbers: Float64Array;
  /** Where the last event ends. */
  end: number;
  texts: readonly string[] | null;
}

/** A call that has not ended yet. */
export interface PendingCall {
  /** Its number, once it was started. */
  call?: number;
  /** Takes the response; `undefined` if the operation has none, or at the end of the pages. */
  resolve(reader: Reader | undefined): void;
  reject(error: unknown): void;
  site: Site;
  observer: Observer | undefined;
  signal: AbortSignal | undefined;
  /** The asynchronous context of the caller, in which the observer is called, so that its `AsyncLocalStorage` works. */
  context?: AsyncResource;
  /** Whether the HTTP response is kept, and that response. */
  keepsResponse?: boolean;
  received?: ReceivedResponse | undefined;
}

// Not the global functions, which browser-like test environments lack and others replace with fake clocks. Fake clocks may
// also replace those of the modules, after this module was loaded.
const later = setImmediate;
const now = performance.now.bind(performance);

/** The pending calls by slot, which is the remainder of the call's number. */
const slots: (PendingCall | undefined)[] = [];

/** The calls that each signal aborts. */
const callsOf = new WeakMap<AbortSignal, Set<number>>();

const completions: NativeCompletions = new native.Completions(wake);
// The native module references `wake` only while calls are pending, so that unused copies of this package, such as those of
// finished test files, can be collected. Otherwise this property keeps `wake` alive.
Object.assign(completions, { wake });

/** The batch that is being dispatched, and the positions of its next event and text. */
let batch: Batch | undefined;
let nextEvent = 0;
let nextText = 0;
/** Whether the native module has events after this batch. */
let hasMore = false;
/** Whether `dispatch` is going to be called again. */
let isScheduled = false;

/** Starts a call with `submit`. If that throws, no call is started. */
export function start(submit: (completions: NativeCompletions) => number, pending: PendingCall): void {
  const call = submit(completions);
  pending.call = call;
  slots[call % CALL_SLOTS] = pending;
  if (pending.observer !== undefined) {
    pending.context = new AsyncResource('recallflow', { requireManualDestroy: true });
  }
  if (pending.signal !== undefined) {
    try {
      listenTo(pending.signal, call);
    } catch (error) {
      abort(pending);
      throw error;
    }
  }
}

/** Aborts a call if it is pending, without settling its promise. */
export function abort(pending: PendingCall): void {
  if (pending.call !== undefined && removePending(pending.call) !== undefined) {
    completions.abort(pending.call);
  }
}

/** Keeps the HTTP response of a call. Returns false if the response has already arrived. */
export function keepResponse(pending: PendingCall): boolean {
  pending.keepsResponse ||= pending.call !== undefined && completions.keepResponse(pending.call);
  return pending.keepsResponse;
}

/** Returns a call if it is pending. */
function findPending(call: number): PendingCall | undefined {
  const pending = slots[call % CALL_SLOTS];
  return pending?.call === call ? pending : undefined;
}

/** Removes a call and returns it if it was pending. */
function removePending(call: number): PendingCall | undefined {
  const pending = findPending(call);
  if (pending !== undefined) {
    slots[call % CALL_SLOTS] = undefined;
    pending.context?.emitDestroy();
    if (pending.signal !== undefined) {
      stopListeningTo(pending.signal, call);
    }
  }
  return pending;
}

/** Aborts the call when the signal is aborted. All calls with the same signal share one listener. */
function listenTo(signal: AbortSignal, call: number): void {
  let calls = callsOf.get(signal);
  if (calls === undefined) {
    calls = new Set();
    callsOf.set(signal, calls);
  }
  if (calls.size === 0) {
    signal.addEventListener('abort', onAbort);
  }
  calls.add(call);
}

function stopListeningTo(signal: AbortSignal, call: number): void {
  const calls = callsOf.get(signal);
  calls?.delete(call);
  if (calls?.size === 0) {
    signal.removeEventListener('abort', onAbort);
  }
}

function onAbort(this: AbortSignal): void {
  for (const call of [...(callsOf.get(this) ?? [])]) {
    const pending = removePending(call);
    const update = completions.abort(call);
    pending?.reject(update === null ? this.reason : moveTo(outcomeUnknown(update, this.reason), pending.site));
  }
}

/** Called by the native module when it has events. */
function wake(): void {
  hasMore = true;
  if (!isScheduled) {
    dispatch();
  }
}

/**
 * Dispatches events in order until the time slice ends, and schedules itself for the rest. New events stay in the native
 * module until then, because the log lines of a call must be dispatched before its outcome.
 *
 * A large event also ends the time slice. Its receiver uses the response and drops it before the next one is made; many
 * large responses at once would outlive the cheap garbage collection of young objects.
 */
function dispatch(): void {
  const end = now() + TIME_SLICE;
  isScheduled = false;
  let isLarge = false;
  try {
    while ((hasMore || batch !== undefined) && !isLarge && now() <= end) {
      batch ??= takeBatch();
      if (nextEvent < batch.end) {
        isLarge = dispatchNext(batch) > LARGE_EVENT;
      } else {
        batch = undefined;
      }
    }
  } finally {
    // Even after an exception, because the other calls would wait forever.
    if (hasMore || batch !== undefined) {
      isScheduled = true;
      later(dispatch);
    }
  }
}

/** Takes the next batch from the native module. An event that is larger than the buffer gets a buffer of its own. */
function takeBatch(): Batch {
  hasMore = false;
  nextEvent = SUMMARY_LENGTH;
  nextText = 0;
  let numbers = BUFFER;
  let texts = completions.take(numbers);
  const needed = numbers[2] as number;
  if (numbers[0] === 0 && needed > 0) {
    numbers = new Float64Array(needed);
    texts = completions.take(numbers);
  }
  hasMore = (numbers[1] as number) > 0;
  return { numbers, end: SUMMARY_LENGTH + (numbers[0] as number), texts };
}

/** Dispatches the next event of a batch, and returns the length of its contents. */
function dispatchNext({ numbers, texts }: Batch): number {
  const kind = numbers[nextEvent] as number;
  const call = numbers[nextEvent + 1] as number;
  const length = numbers[nextEvent + 2] as number;
  const hasText = numbers[nextEvent + 3] === 1;
  const contents = nextEvent + HEAD_LENGTH;
  const reader = new Reader(numbers, hasText ? (texts?.[nextText] as string) : '', contents);
  nextEvent = contents + length;
  nextText += hasText ? 1 : 0;
  handleEvent(kind, call, reader);
  return length;
}

/** Logs a line, or settles the promise of a call. Events of aborted calls are ignored. */
function handleEvent(kind: number, call: number, reader: Reader): void {
  if (kind === EventKind.LogLine) {
    const pending = findPending(call);
    pending?.context?.runInAsyncScope(passLogLine, undefined, pending.observer, reader);
    return;
  }
  const pending = removePending(call);
  if (pending === undefined) {
    return;
  }
  if (pending.keepsResponse === true) {
    pending.received = completions.takeResponse(call) ?? undefined;
  }
  try {
    if (kind === EventKind.Failure) {
      pending.reject(moveTo(errorOf(reader.any()), pending.site));
    } else {
      pending.resolve(kind === EventKind.Response || kind === EventKind.Items ? reader : undefined);
    }
  } catch (error) {
    pending.reject(error);
  }
}

function passLogLine(observer: Observer | undefined, reader: Reader): void {
  const line = reader.any() as { level: string; message: string; fields: Record<string, unknown> };
  const level = line.level === 'trace' ? 'debug' : (line.level as keyof Logger);
  const fields = Object.fromEntries(
    Object.entries(line.fields).map(([name, value]) => [
      camel(name),
      name === 'operation' ? camel(String(value)) : value,
    ]),
  );
  observer?.receive(level, line.message, fields);
}
