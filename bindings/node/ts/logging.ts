/** Passes the log records of a client to its logger. */

import { inspect } from 'node:util';
import { isPromise } from 'node:util/types';

/**
 * A logger: `console`, one of winston, or any object with some of these methods. The loggers of pino and bunyan, whose
 * methods take the fields before the message, are called in that way.
 */
export interface Logger {
  /** Every attempt and its result. */
  debug?(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** Events worth knowing. */
  info?(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** Failed attempts that are retried. */
  warn?(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** Failed calls. */
  error?(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** The fields of a log record. */
type Fields = Readonly<Record<string, unknown>>;

/** A logger whose methods take the fields before the message, such as those of pino and bunyan. */
type FieldsFirst = Record<string, ((fields: Fields, message: string) => unknown) | undefined>;

/** Calls functions of the caller. Their failure is reported once, because they may fail for every record. */
export class FailureReporter {
  readonly #name: string;
  #hasFailed = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** Calls a function. An error of it must neither fail the call nor go unnoticed. */
  run(act: () => unknown): void {
    try {
      const returned = act();
      if (isPromise(returned)) {
        returned.catch((error: unknown) => {
          this.#warn(error);
        });
      }
    } catch (error) {
      this.#warn(error);
    }
  }

  #warn(error: unknown): void {
    if (!this.#hasFailed) {
      this.#hasFailed = true;
      // The text, because `emitWarning` refuses errors of another realm, as in Jest.
      process.emitWarning(`${this.#name} failed; its next failures are not reported: ${shown(error)}`);
    }
  }
}

/** Writes log records. */
export class LogWriter {
  readonly #logger: Logger;
  readonly #failures = new FailureReporter('the logger');

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Writes a record. */
  write(level: keyof Logger, message: string, fields: Fields): void {
    const logger = this.#logger;
    this.#failures.run(() =>
      takesFieldsFirst(logger) ? logger[level]?.(fields, message) : logger[level]?.(message, fields),
    );
  }
}

/** Returns whether this is a logger of pino, which has `bindings`, or of bunyan, which has `addSerializers`. */
function takesFieldsFirst(logger: object): logger is FieldsFirst {
  const { bindings, addSerializers } = logger as { bindings?: unknown; addSerializers?: unknown };
  return typeof bindings === 'function' || typeof addSerializers === 'function';
}

function shown(error: unknown): string {
  try {
    return inspect(error, { customInspect: false });
  } catch {
    return 'with an error that cannot be shown';
  }
}
