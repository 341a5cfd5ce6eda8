/** What can happen to a request in the sandbox, as values of JavaScript. */

import { isUint8Array } from 'node:util/types';

/** The names of the members of `Forms`, of which an object has exactly one. */
type OneOf<Forms> = {
  [Name in keyof Forms]: Pick<Forms, Name> & Readonly<Partial<Record<Exclude<keyof Forms, Name>, never>>>;
}[keyof Forms];

/** Bytes: text, bytes, or bytes in base64. */
export type Bytes = string | Uint8Array | { readonly base64: string };

/** A body: bytes, or an object or array that is written as JSON. */
export type Body = Bytes | Readonly<Record<string, unknown>> | readonly unknown[];

/** Headers in their order. */
export type FaultHeaders = Readonly<Record<string, string>> | Iterable<readonly [name: string, value: string]>;

/**
 * The faults that need nothing but their name.
 *
 * | | |
 * |---|---|
 * | `'ok'` | nothing happens: the service answers; for a place in a script |
 * | `'applied'` | the request is carried out, even where another fault keeps its answer back |
 * | `'reset'`, `'close'` | the connection is reset or closed instead of an answer |
 * | `'hold'` | no answer comes, and the connection stays open |
 * | `'reset_before_read'` | the connection is reset before a byte of the request is read; for `script` only |
 * | `'chunked'` | the answer's body is sent in chunks |
 * | `'until_close'` | the answer's body has no length, and the end of the connection ends it |
 */
export type FaultName = 'ok' | 'applied' | 'reset' | 'reset_before_read' | 'close' | 'hold' | 'chunked' | 'until_close';

/**
 * How a connection ends after the answer.
 *
 * | | |
 * |---|---|
 * | `'keep_alive'` | it stays open for the next request |
 * | `'close_said'` | it is closed, as the answer says |
 * | `'close_unsaid'`, `'reset'` | it is closed or reset, though the answer promises to keep it |
 * | `'stale'` | it stays open, and is closed without an answer when the next request has arrived |
 * | `'hold'` | it stays open, and nothing more happens on it |
 */
export type Ending = 'keep_alive' | 'close_said' | 'close_unsaid' | 'reset' | 'stale' | 'hold';

/** How fast pieces are sent. */
export interface Pace {
  /** Bytes in a piece. */
  readonly bytes: number;
  /** Milliseconds before each piece. */
  readonly interval: number;
}

/** An answer. `Date`, `Content-Length` and `Connection` are added to its headers; no `Content-Type` is. */
export interface Respond {
  /** HTTP status. */
  readonly status: number;
  /** Headers. */
  readonly headers?: FaultHeaders | undefined;
  /** Body; empty if not given. */
  readonly body?: Body | undefined;
}

/** How an envelope is written. The platform's older pages show `{ code: 'status', message: 'reason', code_as_text: true }`. */
export interface EnvelopeStyle {
  /** Name of the code; `code` by default. */
  readonly code?: string | undefined;
  /** Name of the message; `msg` by default. */
  readonly message?: string | undefined;
  /** Whether the code is a string; it is a number by default. */
  readonly code_as_text?: boolean | undefined;
  /** What becomes of `data`; it is kept by default. */
  readonly data?: 'keep' | 'null' | 'missing' | undefined;
}

/** The changes to an answer that need more than their name. */
export interface EditForms {
  /** Another HTTP status, with the same body. */
  readonly status: number;
  /** A header set, or with null taken away, such as `['Retry-After', '1']` and `['Date', null]`. */
  readonly header: readonly [name: string, value: string | null];
  /** A header beside those of the same name. */
  readonly add: readonly [name: string, value: string];
  /** Many headers more, each with a value of so many bytes. */
  readonly headers: { readonly count: number; readonly bytes: number };
  /** Another body. */
  readonly body: Body;
  /** Other names and forms in the envelope. */
  readonly envelope: EnvelopeStyle;
  /** In place of the body, a successful envelope of this many bytes, compressed with gzip. */
  readonly gzip_bomb: number;
}

/** A change to an answer; `'gzip'` compresses it. */
export type Edit = 'gzip' | OneOf<EditForms>;

/** The faults that need more than their name. */
export interface FaultForms {
  /** An HTML page with this HTTP status, as a number alone; the request is not carried out. */
  readonly status: number;
  /** The service's envelope with this code, as a number alone; the request is not carried out. */
  readonly code: number;
  /** This very answer; the request is not carried out. */
  readonly respond: Respond;
  /** These very bytes instead of an HTTP answer, and then the connection's end; the request is not carried out. */
  readonly raw: Bytes;
  /** A successful envelope of this many bytes, or with null one that never ends; the request is not carried out. */
  readonly oversized: { readonly bytes: number | null };
  /**
   * An answer that holds all headers of the request, the signature too: in an HTML page with HTTP status 500, in the message
   * of code -22, or in `Content-Encoding`; the request is not carried out.
   */
  readonly reflect: 'page' | 'message' | 'encoding';
  /** The answer comes after this many milliseconds. The request is carried out at once. */
  readonly delay: number;
  /** A change to the answer; changes are made in their order. */
  readonly edit: Edit;
  /** The body ends after this many bytes; the head promises all of it. */
  readonly truncate: number;
  /** `Content-Length` is this, whatever the body's length is. */
  readonly content_length: number;
  /**
   * This many interim answers (HTTP 102) come before the answer, or with null nothing else ever; at once, they come as fast
   * as the client takes them.
   */
  readonly interim: { readonly count: number | null; readonly at_once?: boolean | undefined };
  /** The head comes in small pieces. */
  readonly drip_head: Pace;
  /** The body comes in small pieces. */
  readonly drip_body: Pace;
  /** How the connection ends after the answer. */
  readonly end: Ending;
}

/**
 * What happens to one request, in the JSON that the sandboxes of all languages read:
 *
 * - an HTTP status from 300 to 599, such as `503`: a gateway's HTML page instead of the service's answer;
 * - a code of the service, such as `-15`, in its envelope;
 * - a name, such as `'reset'`;
 * - an object with one member, such as `{ truncate: 20 }`; times are milliseconds, and bodies may be text, bytes, or an
 *   object or array that is written as JSON;
 * - an array of faults that happen together, such as `[504, 'applied']`.
 *
 * A fault that keeps the service's answer back also keeps the request from being carried out, unless `'applied'` is with
 * it.
 *
 * ```ts
 * sandbox.script(
 *   [504, 'applied'], // carried out, though the gateway gives up
 *   [-15, { edit: { status: 429 } }, { edit: { header: ['Retry-After', '1'] } }],
 *   { respond: { status: 200, body: { code: 0, msg: 'success', data: null } } },
 *   [{ truncate: 20 }, { delay: 100 }],
 *   [302, { edit: { header: ['Location', 'https://example.com'] } }],
 * );
 * ```
 */
export type Fault = number | FaultName | OneOf<FaultForms> | readonly Fault[];

/** A fault as the native module reads it. What is none stays as it is, for the sandbox to say so. */
export function faultToJson(fault: unknown): unknown {
  if (Array.isArray(fault)) {
    return fault.map(faultToJson);
  }
  if (!isObject(fault)) {
    return fault;
  }
  const { respond, edit, raw } = fault;
  if (isObject(respond)) {
    const { headers, body } = respond;
    return { ...fault, respond: { ...respond, headers: headersToJson(headers), body: bodyToJson(body) } };
  }
  if (isObject(edit) && 'body' in edit) {
    return { ...fault, edit: { ...edit, body: bodyToJson(edit.body) } };
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

/** A fault of a recording in the shortest form that scripts can have it in. */
export function faultFromJson(fault: unknown): Fault {
  if (isObject(fault)) {
    const { all, status, code } = fault;
    if (Array.isArray(all)) {
      return all.map(faultFromJson);
    }
    if (typeof status === 'number' && status >= 300 && status < 600) {
      return status;
    }
    if (typeof code === 'number' && code <= 0) {
      return code;
    }
  }
  return fault as Fault;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
