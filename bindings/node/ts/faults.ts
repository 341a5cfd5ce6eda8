/** Types that the generated ones of the sandbox are built from, and faults as the native module reads them. */

import { isUint8Array } from 'node:util/types';

import type { Operations } from './generated/operations.js';

/** The name of an operation, which is that of the client's method. */
export type OperationName = {
  [Name in keyof Operations]: Operations[Name] extends (...args: never) => Promise<unknown> ? Name : never;
}[keyof Operations];

/** An object with the service's own names. */
export type WireObject = Readonly<Record<string, unknown>>;

/** The objects with exactly one member of `Forms`. */
export type OneOf<Forms> = {
  [Name in keyof Forms]: Pick<Forms, Name> & Readonly<Partial<Record<Exclude<keyof Forms, Name>, never>>>;
}[keyof Forms];

/** Text, bytes, or bytes in base64. */
export type Bytes = string | Uint8Array | { readonly base64: string };

/** Bytes, or an object or array that is sent as JSON. */
export type Body = Bytes | Readonly<Record<string, unknown>> | readonly unknown[];

/** Headers in order. */
export type Headers = Readonly<Record<string, string>> | Iterable<readonly [name: string, value: string]>;

/** Returns a fault with its body and headers as the native module reads them, and any other value unchanged. */
export function faultToJson(fault: unknown): unknown {
  if (Array.isArray(fault)) {
    return fault.map(faultToJson);
  }
  if (!isObject(fault)) {
    return fault;
  }
  const { respond, body, raw } = fault;
  if (isObject(respond)) {
    const { headers, body } = respond;
    return { ...fault, respond: { ...respond, headers: headersToJson(headers), body: bodyToJson(body) } };
  }
  if ('body' in fault) {
    return { ...fault, body: bodyToJson(body) };
  }
  return isUint8Array(raw) ? { ...fault, raw: bodyToJson(raw) } : fault;
}

function headersToJson(headers: unknown): unknown {
  if (!isObject(headers)) {
    return headers;
  }
  return Symbol.iterator in headers ? Array.from(headers as Iterable<unknown>) : Object.entries(headers);
}

function bodyToJson(body: unknown): unknown {
  if (isUint8Array(body)) {
    return { base64: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64') };
  }
  return isObject(body) && !isBase64(body) ? JSON.stringify(body) : body;
}

function isBase64({ base64, ...rest }: Record<string, unknown>): boolean {
  return typeof base64 === 'string' && Object.keys(rest).length === 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
