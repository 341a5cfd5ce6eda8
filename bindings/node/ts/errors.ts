/** The error classes, and the stacks of their callers. */

import { isNativeError } from 'node:util/types';

import { stringifiable } from './bigints.js';
import type { GroupCallTask, RecallFlowDetail } from './generated/responses.js';

/** Kind of a rule. */
export type Rule = 'required' | 'range' | 'length' | 'one_of' | 'format' | 'at_least_one' | 'type';

/** A broken rule of a request. */
export interface Violation {
  /** Path of the field by its names on the wire: `keyId`, `nodeList[0].smsContent`, `params.strTime`. */
  readonly path: string;
  /** Kind of the rule. */
  readonly rule: Rule;
  /** Sentence that says what is wrong. */
  readonly message: string;
}

/** A valid setting of a request that is probably a mistake. */
export interface RequestWarning {
  /** Path of the field by its names on the wire: `nodeList[0].text`. */
  readonly path: string;
  /** Sentence that says why. */
  readonly message: string;
}

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

/** A field that two states of a flow have differently. */
export interface Change {
  /** Path of the field by its names on the wire: `nodeList[0].smsContent`. */
  readonly path: string;
  /** Value before; `null` if there was none. */
  readonly before: unknown;
  /** Value after; `null` if there is none. */
  readonly after: unknown;
  /** The change as one line, such as `recallNum: 1 -> 2`. */
  readonly text: string;
}

/** The HTTP response that led to an error. */
export interface ErrorResponse {
  /** HTTP status code. */
  readonly httpStatus: number;
  /** The headers by their lower-case names, redacted. Several values of one name are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text, redacted and at most 16,384 characters long. Control characters are blanks. */
  readonly body: string;
}

/** Phase of an attempt. */
export type Phase = 'resolve' | 'connect' | 'tls' | 'request' | 'response' | 'body';

/** Properties that every error has. */
export interface Circumstances {
  /** Name of the method, such as `updateRecallFlow`. */
  operation?: string | undefined;
  /** Number of attempts. */
  attempts?: number | undefined;
  /** What to try next, if known. */
  remedy?: string | undefined;
  /** HTTP status of the response, if there was one. */
  httpStatus?: number | undefined;
  /** Milliseconds to wait before the next attempt, from `Retry-After`. */
  retryAfter?: number | undefined;
  /** Phase in which the last attempt ended, if there was no response. */
  phase?: Phase | undefined;
  /** Whether the same call may succeed later. */
  isRetryable?: boolean | undefined;
  /** Response of the last attempt, if there was a whole one. */
  response?: ErrorResponse | undefined;
  /** Error that caused this one. */
  cause?: unknown;
}

/** Sets the `name` of an error class as a string, because minifiers rename classes. */
function named(type: abstract new (...args: never) => Error, name: string): void {
  Object.defineProperty(type.prototype, 'name', { value: name, configurable: true, writable: true });
}

/** Sets the properties that are not undefined, so that printing an error does not show the others. */
function assign(error: RecallFlowError, properties: object): void {
  for (const [name, value] of Object.entries(properties)) {
    if (value !== undefined && name !== 'cause') {
      // The response is long, and its essence is in the message.
      const enumerable = name !== 'response';
      Object.defineProperty(error, name, { value, configurable: true, enumerable, writable: true });
    }
  }
}

/**
 * Base class of all errors of this library.
 *
 * `message` names the operation, the cause, the number of attempts if there were several, and what to try next. No error
 * contains the API key, the API secret or a signature.
 */
export class RecallFlowError extends Error {
  /** Name of the method, such as `updateRecallFlow`; `undefined` outside of calls. */
  declare readonly operation: string | undefined;
  /** Number of attempts. */
  declare readonly attempts: number;
  /** What to try next, if known. */
  declare readonly remedy: string | undefined;
  /** HTTP status of the response, if there was one. */
  declare readonly httpStatus: number | undefined;
  /** Milliseconds to wait before the next attempt, from `Retry-After`. */
  declare readonly retryAfter: number | undefined;
  /** Phase in which the last attempt ended, if there was no response. */
  declare readonly phase: Phase | undefined;
  /** Whether the same call may succeed later, without a change of the request, the options or the account. */
  declare readonly isRetryable: boolean;
  /** Response of the last attempt; `undefined` if there was no whole response. Printing the error does not show it. */
  declare readonly response: ErrorResponse | undefined;

  constructor(message = '', circumstances: Circumstances = {}) {
    super(message, 'cause' in circumstances ? { cause: circumstances.cause } : undefined);
    assign(this, { attempts: 0, isRetryable: false, ...circumstances });
  }

  /** Whether it is certain that the call changed nothing. False only for `OutcomeUnknownError`. */
  // eslint-disable-next-line @typescript-eslint/class-literal-property-style -- not a property of each error's JSON
  get outcomeIsKnown(): boolean {
    return true;
  }

  /**
   * Returns the properties for `JSON.stringify`, with `name` and `message`, which it omits from errors. A `cause` is written
   * likewise if it is an error of this library, and as text otherwise.
   */
  toJSON(): Record<string, unknown> {
    return jsonOfError(this, 0);
  }
}

/** Causes nested deeper are written as text, because a chain of causes may be circular. */
const DEEPEST_CAUSE = 4;

function jsonOfError(error: RecallFlowError, depth: number): Record<string, unknown> {
  const { name, message, cause } = error;
  const written = Object.entries(error).map(([key, value]): [string, unknown] => [key, stringifiable(value)]);
  return {
    name,
    message,
    ...(Object.fromEntries(written) as object),
    ...(cause !== undefined && { cause: jsonOfCause(cause, depth + 1) }),
  };
}

/** Returns a cause for JSON. Only the text of foreign errors is written, because their properties may hold secrets. */
function jsonOfCause(cause: unknown, depth: number): unknown {
  if (cause instanceof RecallFlowError && depth <= DEEPEST_CAUSE) {
    return jsonOfError(cause, depth);
  }
  if (typeof cause !== 'object' || cause === null) {
    return stringifiable(cause);
  }
  try {
    return isNativeError(cause) ? String(cause) : Object.prototype.toString.call(cause);
  } catch {
    return 'a cause that cannot be shown';
  }
}

/** An option is wrong or missing, or the client was closed. */
export class ConfigError extends RecallFlowError {}

/** The request breaks rules. Nothing was sent. */
export class InvalidRequestError extends RecallFlowError {
  /** All broken rules. */
  declare readonly violations: readonly Violation[];

  constructor(message = '', details: Circumstances & { violations?: readonly Violation[] } = {}) {
    super(message, { violations: [], ...details });
  }
}

/** A flow cannot be edited, because it is not pending or was changed in the meantime. Nothing was sent. */
export class ConflictError extends RecallFlowError {
  /** Status of the flow, as in `RecallStatus`; `undefined` if the service returned none. */
  declare readonly status: number | undefined;
  /** What changed since the edit began; empty if the flow is not pending. */
  declare readonly changes: readonly Change[];

  constructor(
    message = '',
    details: Circumstances & { status?: number | undefined; changes?: readonly Change[] } = {},
  ) {
    super(message, { changes: [], ...details });
  }
}

/** A list changed while it was read with the option `strict`, so items may be missing. */
export class IncompleteError extends RecallFlowError {
  /** How the list changed. */
  declare readonly drift: Drift;

  constructor(message = '', details: Circumstances & { drift?: Drift } = {}) {
    super(message, { drift: driftOf({ total_at_start: null, total_at_end: null, read: 0, repeated: 0 }), ...details });
  }
}

/**
 * The service responded with a code other than 0, or with HTTP 429.
 *
 * Codes that callers handle differently have subclasses.
 */
export class ApiError extends RecallFlowError {
  /** The code; `undefined` if the response has none, such as one with HTTP 429. A code beyond 2^53 is a `bigint`. */
  declare readonly code: number | bigint | undefined;
  /** The service's message, at most 512 characters. */
  declare readonly serviceMessage: string;
  /** Meaning of the code in the documents, if they list it. */
  declare readonly meaning: string | undefined;

  constructor(
    message = '',
    details: Circumstances & {
      code?: number | bigint | undefined;
      serviceMessage?: string;
      meaning?: string | undefined;
    } = {},
  ) {
    super(message, { serviceMessage: '', ...details });
  }
}

/** The API key or the signature is wrong (-1). */
export class AuthenticationError extends ApiError {}

/** The IP address is not allowed (-2). */
export class IpRestrictedError extends ApiError {}

/** The timestamp was refused, even after the clock was corrected (-16). */
export class TimestampExpiredError extends ApiError {}

/** The rate limit is exceeded (-15, or HTTP 429 with any code). `retryAfter` is set if the service sent it. */
export class RateLimitedError extends ApiError {}

/** The service failed (-18). */
export class ServiceError extends ApiError {}

/** A parameter was refused (-22). */
export class ParameterError extends ApiError {}

/** There was no response. `phase` is where the last attempt ended. */
export class TransportError extends RecallFlowError {}

/** There was no response within the timeout. */
export class TimeoutError extends TransportError {}

/**
 * The response is not one of this service, or a success without the requested data.
 *
 * Examples are a web page, a redirect, a truncated or too large body, and a page without its list.
 */
export class ProtocolError extends RecallFlowError {
  /** The beginning of the body, at most 512 characters. */
  declare readonly excerpt: string;

  constructor(message = '', details: Circumstances & { excerpt?: string } = {}) {
    super(message, { excerpt: '', ...details });
  }
}

/** The service or a gateway is unavailable: HTTP 408, 500, 502 to 504 or 520 to 529 without a code. */
export class UnavailableError extends ProtocolError {}

/** An update may or may not have been applied. Read the flow before you repeat it. */
export class OutcomeUnknownError extends RecallFlowError {
  /** The error that left it unknown, or the reason of the signal that aborted the call. */
  declare readonly cause: unknown;

  /** The service's code, if the cause has one. */
  get code(): number | bigint | undefined {
    return this.cause instanceof ApiError ? this.cause.code : undefined;
  }

  override get outcomeIsKnown(): boolean {
    return false;
  }
}

/** A wait ended before the state was reached. `cause` is the error of the last read, if it failed. */
export class WaitError extends RecallFlowError {
  /** `timeout` if the time is over, `unreachable` if the state can no longer be reached. */
  declare readonly reason: 'timeout' | 'unreachable';
  /** The flow or the tasks of the last successful read; `undefined` if every read failed. */
  declare readonly last: RecallFlowDetail | GroupCallTask[] | undefined;

  constructor(message = '', details: Circumstances & { reason?: 'timeout' | 'unreachable' } = {}) {
    super(message, { reason: 'timeout', ...details });
  }

  /** @internal */
  _complete(last: RecallFlowDetail | GroupCallTask[] | undefined, cause: unknown): this {
    // Not enumerable, so that printing the error does not show a long list.
    Object.defineProperty(this, 'last', { value: last, configurable: true, writable: true });
    if (cause !== undefined) {
      Object.defineProperty(this, 'cause', { value: cause, configurable: true, writable: true });
    }
    return this;
  }
}

/** The error classes by name. */
export const KINDS = {
  ConfigError,
  InvalidRequestError,
  ConflictError,
  IncompleteError,
  ApiError,
  AuthenticationError,
  IpRestrictedError,
  TimestampExpiredError,
  RateLimitedError,
  ServiceError,
  ParameterError,
  TransportError,
  TimeoutError,
  ProtocolError,
  UnavailableError,
  OutcomeUnknownError,
  WaitError,
};

named(RecallFlowError, 'RecallFlowError');
for (const [name, type] of Object.entries(KINDS)) {
  named(type, name);
}

/** Returns a violation with its properties in a readable order. */
export function violationOf({ path, rule, message }: Violation): Violation {
  return { path, rule, message };
}

/** A drift as the core describes it. */
export interface DescribedDrift {
  total_at_start: number | null;
  total_at_end: number | null;
  read: number;
  repeated: number;
}

/** Returns a drift. */
export function driftOf({ total_at_start, total_at_end, read, repeated }: DescribedDrift): Drift {
  return { totalAtStart: total_at_start ?? undefined, totalAtEnd: total_at_end ?? undefined, read, repeated };
}

/** The stack of a caller of this library. */
export interface Site {
  stack?: string;
}

/** Captures the stack of a method's caller. The engine formats the text only when it is read, which saves most of the time. */
export function siteOf(method: ((...args: never) => unknown) | (abstract new (...args: never) => unknown)): Site {
  const site: Site = {};
  Error.captureStackTrace(site, method);
  return site;
}

/** Replaces the stack of an error, and of its `cause` if that is of this library, by the stack of the caller. */
export function moveTo<E extends Error>(error: E, site: Site): E {
  if (error instanceof OutcomeUnknownError && error.cause instanceof RecallFlowError) {
    moveTo(error.cause, site);
  }
  // Skip the first line, which holds no name or message because `site` is not an error.
  const frames = site.stack?.indexOf('\n    at ') ?? -1;
  const value = `${error.name}: ${error.message}${frames < 0 ? '' : (site.stack?.slice(frames) ?? '')}`;
  return Object.defineProperty(error, 'stack', { value, configurable: true, writable: true });
}

/** Converts a name of the core from `snake_case` to `camelCase`. The path of an endpoint stays as it is. */
export function camel(name: string): string {
  if (name.startsWith('/')) {
    return name;
  }
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
