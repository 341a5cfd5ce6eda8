/** Everything that can go wrong, as one tree. */

import { isNativeError } from 'node:util/types';

/** Kind of a rule. */
export type Rule = 'required' | 'range' | 'length' | 'one_of' | 'format' | 'at_least_one' | 'type';

/** A rule that a request breaks. */
export interface Violation {
  /** Where it is broken, in the service's own names: `keyId`, `nodeList[0].smsContent`, `params.strTime`. */
  readonly path: string;
  /** Kind of the rule. */
  readonly rule: Rule;
  /** What is wrong, in a sentence. */
  readonly message: string;
}

/** What a request is allowed to say, but probably does not mean. */
export interface RequestWarning {
  /** The field it is about, in the service's own names: `nodeList[0].text`. */
  readonly path: string;
  /** What is doubtful, in a sentence. */
  readonly message: string;
}

/** How far an attempt came. */
export type Phase = 'resolve' | 'connect' | 'tls' | 'request' | 'response' | 'body';

/** What every error tells of its call. */
export interface Circumstances {
  /** Name of the method, such as `updateRecallFlow`. */
  operation?: string | undefined;
  /** How many times the request was sent or tried to be sent. */
  attempts?: number | undefined;
  /** What to try next, where that is known. */
  remedy?: string | undefined;
  /** Status of the HTTP answer, if there was one. */
  httpStatus?: number | undefined;
  /** Milliseconds to wait before the next attempt, if the service asks for that. */
  retryAfter?: number | undefined;
  /** How far the last attempt came, if there was no answer. */
  phase?: Phase | undefined;
  /** What led to the error. */
  cause?: unknown;
}

/** Sets the name that stacks begin with; names of classes do not survive minifiers. */
function named(type: abstract new (...args: never) => Error, name: string): void {
  Object.defineProperty(type.prototype, 'name', { value: name, configurable: true, writable: true });
}

/** Gives an error the properties that are known, so that printing it does not show the others. */
function assign(error: RecallFlowError, properties: object): void {
  for (const [name, value] of Object.entries(properties)) {
    if (value !== undefined && name !== 'cause') {
      Object.defineProperty(error, name, { value, configurable: true, enumerable: true, writable: true });
    }
  }
}

/**
 * Base of everything that goes wrong in this library.
 *
 * `message` tells the operation, what happened, after several attempts their number, and what to try next. No error holds
 * the API secret, a signature or the API key.
 */
export class RecallFlowError extends Error {
  /** Name of the method, such as `updateRecallFlow`; undefined if there was no call. */
  declare readonly operation: string | undefined;
  /** How many times the request was sent or tried to be sent. */
  declare readonly attempts: number;
  /** What to try next, where that is known. */
  declare readonly remedy: string | undefined;
  /** Status of the HTTP answer, if there was one. */
  declare readonly httpStatus: number | undefined;
  /** Milliseconds to wait before the next attempt, if the service asks for that. */
  declare readonly retryAfter: number | undefined;
  /** How far the last attempt came, if there was no answer. */
  declare readonly phase: Phase | undefined;

  constructor(message = '', circumstances: Circumstances = {}) {
    super(message, 'cause' in circumstances ? { cause: circumstances.cause } : undefined);
    assign(this, { attempts: 0, ...circumstances });
  }

  /**
   * What `JSON.stringify` writes, for logs: `name` and `message`, which it would leave out of an error, all other
   * properties, and of `cause` the same or, if it is no error of this library, its text.
   */
  toJSON(): Record<string, unknown> {
    return jsonOfError(this, 0);
  }
}

/** Causes of causes beyond this are told by their texts: somebody may have made a circle of them. */
const DEEPEST_CAUSE = 4;

function jsonOfError(error: RecallFlowError, depth: number): Record<string, unknown> {
  const { name, message, cause } = error;
  const written = Object.entries(error).map(([key, value]): [string, unknown] => [key, jsonOf(value)]);
  return {
    name,
    message,
    ...(Object.fromEntries(written) as object),
    ...(cause !== undefined && { cause: jsonOfCause(cause, depth + 1) }),
  };
}

/** A value for JSON, which has no whole numbers beyond 2^53. */
function jsonOf(value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** What JSON tells of a cause. Of what is no error of this library, nobody knows what else it holds. */
function jsonOfCause(cause: unknown, depth: number): unknown {
  if (cause instanceof RecallFlowError && depth <= DEEPEST_CAUSE) {
    return jsonOfError(cause, depth);
  }
  if (typeof cause !== 'object' || cause === null) {
    return jsonOf(cause);
  }
  try {
    return isNativeError(cause) ? String(cause) : Object.prototype.toString.call(cause);
  } catch {
    return 'a cause that cannot be shown';
  }
}

/** An option is wrong or missing, or the client was closed. */
export class ConfigError extends RecallFlowError {}

/** The request breaks rules; nothing was sent. */
export class InvalidRequestError extends RecallFlowError {
  /** Every broken rule. */
  declare readonly violations: readonly Violation[];

  constructor(message = '', details: Circumstances & { violations?: readonly Violation[] } = {}) {
    super(message, { violations: [], ...details });
  }
}

/**
 * The service answered with a code other than 0, or with HTTP 429.
 *
 * Codes that are worth telling apart have classes of their own, all derived from this one.
 */
export class ApiError extends RecallFlowError {
  /** The service's code; undefined if the answer has none, as one of HTTP 429 may. A code beyond 2^53 would be a `bigint`. */
  declare readonly code: number | bigint | undefined;
  /** The service's own words, at most 512 characters. */
  declare readonly serviceMessage: string;
  /** What the documents call the code, where they list it. */
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

/** The service does not accept the API key or the signature (-1). */
export class AuthenticationError extends ApiError {}

/** The service does not accept requests from this address (-2). */
export class IpRestrictedError extends ApiError {}

/** The timestamp of the request is too far from the service's clock, even after a correction (-16). */
export class TimestampExpiredError extends ApiError {}

/** Too many requests (-15, or HTTP 429 whatever the code is); `retryAfter` tells how long to wait, if the service does. */
export class RateLimitedError extends ApiError {}

/** The service failed (-18). */
export class ServiceError extends ApiError {}

/** The service does not accept a parameter (-22). */
export class ParameterError extends ApiError {}

/** There was no answer; `phase` tells how far the last attempt came. */
export class TransportError extends RecallFlowError {}

/** There was no answer in time. */
export class TimeoutError extends TransportError {}

/** There was an answer, but not one of this service: a web page, something truncated, too large, a redirect. */
export class ProtocolError extends RecallFlowError {
  /** The beginning of the body, at most 512 characters. */
  declare readonly excerpt: string;

  constructor(message = '', details: Circumstances & { excerpt?: string } = {}) {
    super(message, { excerpt: '', ...details });
  }
}

/** An update may or may not have been carried out: read the flow before repeating it. `cause` tells why that is not known. */
export class OutcomeUnknownError extends RecallFlowError {
  declare readonly cause: RecallFlowError;
}

const KINDS = {
  ConfigError,
  InvalidRequestError,
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
  OutcomeUnknownError,
};

named(RecallFlowError, 'RecallFlowError');
for (const [name, type] of Object.entries(KINDS)) {
  named(type, name);
}

/** A violation with its properties in the order in which one reads them. */
export function violationOf({ path, rule, message }: Violation): Violation {
  return { path, rule, message };
}

/** What the native module tells of a failure. */
interface Payload {
  kind: string;
  text: string;
  operation?: string | null;
  attempts?: number;
  remedy?: string | null;
  http_status?: number | null;
  retry_after?: number | null;
  phase?: Phase | null;
  violations?: Violation[];
  code?: number | null;
  message?: string;
  meaning?: string | null;
  excerpt?: string;
  cause?: Payload;
}

/** Where somebody called this library. */
export interface Site {
  stack?: string;
}

/** Remembers who called this method of the library, without writing it out, which takes far longer. */
export function siteOf(method: ((...args: never) => unknown) | (abstract new (...args: never) => unknown)): Site {
  const site: Site = {};
  Error.captureStackTrace(site, method);
  return site;
}

/** Gives an error the stack of who called, and the same to a cause that was made here as well. */
export function moveTo<E extends Error>(error: E, site: Site): E {
  if (error instanceof OutcomeUnknownError && (error.cause as unknown) instanceof RecallFlowError) {
    moveTo(error.cause, site);
  }
  // The first line of a site's stack says nothing, because it is an object without a name or message.
  const frames = site.stack?.indexOf('\n    at ') ?? -1;
  const value = `${error.name}: ${error.message}${frames < 0 ? '' : (site.stack?.slice(frames) ?? '')}`;
  return Object.defineProperty(error, 'stack', { value, configurable: true, writable: true });
}

/** A name of the core as it is in this package. */
export function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The options as texts of the core name them. What else is in such quotes is of the service or of who called. */
const OPTIONS =
  /`(?:api_key|api_secret|base_url|connect_timeout|attempt_timeout|max_retries|max_response_bytes|ca_file|dangerously_allow_http)\b/g;

/** A text of the core with the names that operations and options have in this package. */
function renamed(text: string, operation: string | null | undefined): string {
  const rest = operation != null && text.startsWith(`${operation}: `) ? text.slice(operation.length) : undefined;
  const named = rest === undefined || operation == null ? text : camel(operation) + rest;
  return named.replace(OPTIONS, camel);
}

/** The operation that somebody may send an answer to. */
const UPDATE = 'update_recall_flow';

/** What to do instead. */
const FOR_ANSWERS = 'to send what was read, take what `toUpdate()` of the flow returns';

/** Whether it is broken because an answer was given: each has such a property, and no request does. */
function isOfAnswer({ path }: Violation): boolean {
  return /(?:^|\.)extra$/.test(path);
}

/**
 * Makes an error that remembers nothing of where it was made, which is of no use to whoever called: Node would show that
 * line of this package when nobody handles the error.
 */
function placeless<E extends Error>(make: () => E): E {
  const { stackTraceLimit } = Error;
  // It cannot be set where what is built into the language is frozen.
  Reflect.set(Error, 'stackTraceLimit', 0);
  try {
    return make();
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
}

/** Makes the error that the native module describes. */
export function errorOf(described: unknown): RecallFlowError {
  const payload = described as Payload;
  const { kind, operation, code, cause } = payload;
  // Without a number of attempts it is no text of the core: the native module's own texts have the names of this package.
  const text = payload.attempts === undefined ? payload.text : renamed(payload.text, operation);
  const isAnswer = operation === UPDATE && (payload.violations ?? []).some(isOfAnswer);
  const more = isAnswer ? `; ${FOR_ANSWERS}` : '';
  const message = text + more;
  const circumstances: Circumstances = {
    operation: operation == null ? undefined : camel(operation),
    attempts: payload.attempts ?? 0,
    remedy: payload.remedy == null ? undefined : renamed(payload.remedy, undefined) + more,
    httpStatus: payload.http_status ?? undefined,
    retryAfter: payload.retry_after == null ? undefined : Math.round(payload.retry_after * 1e3),
    phase: payload.phase ?? undefined,
  };
  const details = {
    ...circumstances,
    ...(kind === 'InvalidRequestError' && { violations: (payload.violations ?? []).map(violationOf) }),
    ...(kind === 'ProtocolError' && { excerpt: payload.excerpt ?? '' }),
    ...(cause !== undefined && { cause: errorOf(cause) }),
    ...(payload.message !== undefined && { code: code ?? undefined, serviceMessage: payload.message }),
    ...(payload.meaning != null && { meaning: payload.meaning }),
  };
  const type: new (message: string, details: Circumstances) => RecallFlowError =
    kind in KINDS ? KINDS[kind as keyof typeof KINDS] : RecallFlowError;
  return placeless(() => new type(message, details));
}
