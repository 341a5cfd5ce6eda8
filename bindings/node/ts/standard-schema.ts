// Request types as Standard Schemas, for libraries that validate input: https://standardschema.dev

import { InvalidRequestError } from './errors.js';
import type { RequestTypes } from './generated/requests.js';
import { validate, type RequestName } from './values.js';

/** A problem of a value. */
export interface SchemaIssue {
  /** What is expected, and what the value is. */
  readonly message: string;
  /** Properties and positions that lead to the problem. */
  readonly path: readonly (string | number)[];
}

/** The result of a validation: the value, or its problems. */
export type SchemaResult<T> =
  { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** A type of requests as a Standard Schema (version 1). */
export interface RequestSchema<T> {
  /** The properties of the standard. */
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'recallflow';
    readonly validate: (value: unknown) => SchemaResult<T>;
    readonly types?: { readonly input: T; readonly output: T };
  };
}

/**
 * Returns a type of requests as a Standard Schema, which tRPC, Hono, TanStack Form and many others accept beside those of Zod.
 *
 * It checks every documented rule, as `validate` does, and returns the value itself. Nothing is sent.
 *
 * ```ts
 * const schema = requestSchema('UpdateRecallFlow');
 * schema['~standard'].validate({ keyId: 299 }).issues?.[0]?.path; // [ 'recallInterval' ]
 * ```
 *
 * @param type - The type of the requests.
 * @throws {@link ConfigError} at the first validation if `type` is not a type of requests.
 */
export function requestSchema<N extends RequestName>(type: N): RequestSchema<RequestTypes[N]> {
  return {
    '~standard': { version: 1, vendor: 'recallflow', validate: (value) => check(value, type) },
  };
}

function check<N extends RequestName>(value: unknown, type: N): SchemaResult<RequestTypes[N]> {
  const issues = findIssues(value, type);
  return issues.length === 0 ? { value: value as RequestTypes[N] } : { issues };
}

function findIssues(value: unknown, type: RequestName): SchemaIssue[] {
  try {
    return validate(value, type).map(({ path, message }) => ({ message, path: splitPath(path) }));
  } catch (error) {
    // A value without a JSON form, such as a function.
    if (error instanceof InvalidRequestError) return [{ message: error.message, path: [] }];
    throw error;
  }
}

/** Splits `nodeList[0].text` into `['nodeList', 0, 'text']`. */
function splitPath(path: string): (string | number)[] {
  const parts = path.match(/[^.[\]]+/g) ?? [];
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
