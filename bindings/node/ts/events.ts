/** Passes the log records of a client to its logger, and the ends of attempts to `onAttempt` and `diagnostics_channel`. */

import { channel } from 'node:diagnostics_channel';

import type { Phase } from './errors.js';
import { FailureReporter, type Logger, type LogWriter } from './logging.js';

/** The end of one attempt. It never holds a body or a secret. */
export interface AttemptEvent {
  /** Name of the method, such as `updateRecallFlow`, or path of another endpoint, such as `/voice/balance`. */
  readonly operation: string;
  /** Number of the attempt within its call, from 1. */
  readonly attempt: number;
  /** HTTP status code, if there was a response. */
  readonly httpStatus: number | undefined;
  /** Status code of the service, if the response has one: 0 for a success. */
  readonly code: number | bigint | undefined;
  /** Class of the error, such as `RateLimitedError`; `undefined` for a success. */
  readonly error: string | undefined;
  /** What the failure permits, such as `unsent`, `throttled` or `settled`; `undefined` for a success. */
  readonly retryClass: string | undefined;
  /** How far the attempt came, if there was no response. */
  readonly phase: Phase | undefined;
  /** Milliseconds that the attempt took, including the wait for a free connection. */
  readonly elapsed: number;
  /** Milliseconds until the next attempt; `undefined` if this was the last one. */
  readonly delay: number | undefined;
}

/** The fields of the log record of an attempt. */
interface AttemptFields {
  operation: string;
  attempt: number;
  httpStatus?: number;
  code?: number | bigint;
  error?: string;
  class?: string;
  phase?: Phase;
  elapsedMs: number;
  delayMs?: number;
}

/** The channel for the attempts of all clients. */
const attempts = channel('recallflow:attempt');

/** The receivers of the log records of a client. */
export class Observer {
  readonly #writer: LogWriter | undefined;
  readonly #onAttempt: ((event: AttemptEvent) => unknown) | undefined;
  readonly #failures = new FailureReporter('`onAttempt`');

  constructor(writer: LogWriter | undefined, onAttempt: ((event: AttemptEvent) => unknown) | undefined) {
    this.#writer = writer;
    this.#onAttempt = onAttempt;
  }

  /** Returns an observer that has the receivers of another one in place of those that this one lacks. */
  withDefaults(defaults: Observer): Observer {
    return new Observer(this.#writer ?? defaults.#writer, this.#onAttempt ?? defaults.#onAttempt);
  }

  /** Returns itself if something receives the records of a call that starts now. */
  active(): this | undefined {
    const isActive = this.#writer !== undefined || this.#onAttempt !== undefined || attempts.hasSubscribers;
    return isActive ? this : undefined;
  }

  /** Receives a log record. */
  receive(level: keyof Logger, message: string, fields: Readonly<Record<string, unknown>>): void {
    const onAttempt = this.#onAttempt;
    if ('elapsedMs' in fields && (onAttempt !== undefined || attempts.hasSubscribers)) {
      const event = eventOf(fields as unknown as AttemptFields);
      if (onAttempt !== undefined) {
        this.#failures.run(() => onAttempt(event));
      }
      attempts.publish(event);
    }
    this.#writer?.write(level, message, fields);
  }
}

function eventOf(fields: AttemptFields): AttemptEvent {
  return Object.freeze({
    operation: fields.operation,
    attempt: fields.attempt,
    httpStatus: fields.httpStatus,
    code: fields.code,
    error: fields.error,
    retryClass: fields.class,
    phase: fields.phase,
    elapsed: fields.elapsedMs,
    delay: fields.delayMs,
  });
}
