/** Creates errors from the failures of the native module. */

import { isNativeError } from 'node:util/types';

import {
  camel,
  ConfigError,
  driftOf,
  type Change,
  KINDS,
  moveTo,
  OutcomeUnknownError,
  RecallFlowError,
  violationOf,
  type Circumstances,
  type DescribedDrift,
  type ErrorResponse,
  type Phase,
  type Site,
  type Violation,
} from './errors.js';
import { native } from './native.js';

/** A failure as the native module describes it. */
interface Payload {
  name: string;
  /** The whole text. */
  message: string;
  operation?: string | null;
  attempts?: number;
  remedy?: string | null;
  http_status?: number | null;
  retry_after?: number | null;
  phase?: Phase | null;
  is_retryable?: boolean;
  violations?: Violation[];
  drift?: DescribedDrift;
  status?: number | null;
  changes?: Change[];
  code?: number | null;
  service_message?: string;
  meaning?: string | null;
  excerpt?: string;
  reason?: string;
  response?: { http_status: number; headers: Record<string, string>; body: string };
  cause?: Payload;
}

/** The options by their names in messages of the core. */
const OPTIONS = new Map(
  native.optionNames().map((name) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), name]),
);

/** Converts the names of operations and options in a message of the core. */
function withPackageNames(text: string, operation: string | null | undefined): string {
  const rest = operation != null && text.startsWith(`${operation}: `) ? text.slice(operation.length) : undefined;
  const named = rest === undefined || operation == null ? text : camel(operation) + rest;
  // Other quoted words come from the service or the caller.
  return named.replace(/(?<=`)[a-z_]+\b/g, (name) => OPTIONS.get(name) ?? name);
}

/** The remedy for a response that is passed to an update by mistake. */
const USE_TO_UPDATE = 'to write back a response, pass the result of its `toUpdate()`';

/** Returns whether violations of an update show that it is a response: an unknown field is one that responses have. */
function isResponse(operation: string | null | undefined, violations: readonly Violation[]): boolean {
  return violations.some(
    ({ path, message }) =>
      operation != null &&
      message.includes('is not a field of the request') &&
      native.isFieldToWriteBack(operation, path.slice(path.lastIndexOf('.') + 1)),
  );
}

/**
 * Creates an error without a stack. The stack would begin in this package, and Node prints its first line for uncaught
 * errors; `moveTo` sets the stack of the caller.
 */
function withoutStack<E extends Error>(make: () => E): E {
  const { stackTraceLimit } = Error;
  // `Reflect.set` does not throw where the built-in objects are frozen.
  Reflect.set(Error, 'stackTraceLimit', 0);
  try {
    return make();
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
}

/** Creates the error for an update that was aborted after it was sent. */
export function outcomeUnknown(update: { operation: string; attempts: number }, reason: unknown): OutcomeUnknownError {
  const operation = camel(update.operation);
  const remedy = 'read the current state before you repeat the update';
  const message = `${operation}: the update may or may not have been applied: the call was aborted after it was sent`;
  const circumstances = { operation, attempts: update.attempts, remedy, cause: reason };
  return withoutStack(() => new OutcomeUnknownError(`${message}; ${remedy}`, circumstances));
}

function responseOf({ response }: Payload): ErrorResponse | undefined {
  return response && { httpStatus: response.http_status, headers: response.headers, body: response.body };
}

/** Creates the error for a failure of the native module. */
export function errorOf(described: unknown): RecallFlowError {
  const payload = described as Payload;
  const { name, operation, code, cause } = payload;
  // Only failures of the core have a number of attempts. Messages of the native module itself already use camel case.
  const text = payload.attempts === undefined ? payload.message : withPackageNames(payload.message, operation);
  const more = isResponse(operation, payload.violations ?? []) ? `; ${USE_TO_UPDATE}` : '';
  const message = text + more;
  const circumstances: Circumstances = {
    operation: operation == null ? undefined : camel(operation),
    attempts: payload.attempts ?? 0,
    remedy: payload.remedy == null ? undefined : withPackageNames(payload.remedy, undefined) + more,
    httpStatus: payload.http_status ?? undefined,
    retryAfter: payload.retry_after == null ? undefined : Math.round(payload.retry_after * 1e3),
    phase: payload.phase ?? undefined,
    isRetryable: payload.is_retryable ?? false,
    response: responseOf(payload),
  };
  const details = {
    ...circumstances,
    ...(name === 'InvalidRequestError' && { violations: (payload.violations ?? []).map(violationOf) }),
    ...(payload.drift !== undefined && { drift: driftOf(payload.drift) }),
    ...(payload.changes !== undefined && { status: payload.status ?? undefined, changes: payload.changes }),
    ...(payload.excerpt !== undefined && { excerpt: payload.excerpt }),
    ...(payload.reason !== undefined && { reason: payload.reason }),
    ...(cause !== undefined && { cause: errorOf(cause) }),
    ...(payload.service_message !== undefined && { code: code ?? undefined, serviceMessage: payload.service_message }),
    ...(payload.meaning != null && { meaning: payload.meaning }),
  };
  const type: new (message: string, details: Circumstances) => RecallFlowError =
    name in KINDS ? KINDS[name as keyof typeof KINDS] : RecallFlowError;
  return withoutStack(() => new type(message, details));
}

/** Runs `act`, and turns an exception into an error of this library with the stack of the caller. */
export function attempt<T>(act: () => T, site: Site): T {
  try {
    return act();
  } catch (thrown) {
    throw moveTo(thrown instanceof RecallFlowError ? thrown : errorFrom(thrown), site);
  }
}

/** Returns the error for an exception of the native module, or of a getter in an argument. */
function errorFrom(thrown: unknown): RecallFlowError {
  // Not `instanceof`: where test runners load modules in separate realms, native errors belong to another realm.
  const text = isNativeError(thrown) ? thrown.message : String(thrown);
  if (!isNativeError(thrown) || typeof (thrown as { code?: unknown }).code !== 'string') {
    return new ConfigError(`could not read the arguments: ${text}`, { cause: thrown });
  }
  try {
    const payload = JSON.parse(text) as { name?: unknown; message?: unknown } | null;
    if (typeof payload?.name === 'string' && typeof payload.message === 'string') {
      return errorOf(payload);
    }
  } catch {
    // An exception of napi-rs, whose message is not JSON.
  }
  return errorOf({ name: 'Panic', message: `internal error in recallflow: ${text}; please report it` });
}
