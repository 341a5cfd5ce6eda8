/** The requests that came to a sandbox. */

import { faultFromJson, type Fault } from './faults.js';
import type { Operations } from './generated/operations.js';

/** The name of an operation, which is that of the client's method. */
export type OperationName = {
  [Name in keyof Operations]: Operations[Name] extends (...args: never) => Promise<unknown> ? Name : never;
}[keyof Operations];

/** How a request was answered. */
export interface Answered {
  /** HTTP status; undefined if there was no answer. */
  readonly status: number | undefined;
  /** Code in the envelope; undefined if the answer was none. */
  readonly code: number | undefined;
  /**
   * The fault that was played, if one was scripted or the key was magic, in its shortest form: `503`, `-15`, `'reset'`,
   * `{ truncate: 20 }`, `[504, 'applied']`.
   */
  readonly fault: Fault | undefined;
  /** Whether the service carried the request out with success, told or not. */
  readonly carriedOut: boolean;
}

/** A request as the native module writes it. */
export interface RecordedJson {
  operation: string | null;
  method: string;
  path: string;
  headers: [string, string][];
  signature_valid: boolean;
  body: string;
  body_length: number;
  time: number;
  connection: number;
  answered: { status: number | null; code: number | null; fault: unknown; carried_out: boolean };
}

/** A request that came to a sandbox, and how it was answered. */
export class Recorded {
  /** The operation, such as `'queryGroupCalls'`; undefined if the path is not known or the request was not read. */
  readonly operation: OperationName | undefined;
  /** HTTP method. */
  readonly method: string;
  /** Path as it was asked for, without a query. */
  readonly path: string;
  /** Headers in their order, with `[redacted]` for the signature. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Whether the API key was right and the signature fitted it and the timestamp. */
  readonly signatureValid: boolean;
  /** The body as text, cut off after 1 MiB. */
  readonly body: string;
  /** The body's full length in bytes. */
  readonly bodyLength: number;
  /** When the request had arrived. */
  readonly time: Date;
  /** Number of the connection, from 1. */
  readonly connection: number;
  /** How it was answered. */
  readonly answered: Answered;

  private constructor(json: RecordedJson) {
    const { operation, answered } = json;
    this.operation = operation === null ? undefined : (camelCase(operation) as OperationName);
    this.method = json.method;
    this.path = json.path;
    this.headers = json.headers;
    this.signatureValid = json.signature_valid;
    this.body = json.body;
    this.bodyLength = json.body_length;
    this.time = new Date(json.time * 1000);
    this.connection = json.connection;
    this.answered = {
      status: answered.status ?? undefined,
      code: answered.code ?? undefined,
      fault: answered.fault === null ? undefined : faultFromJson(answered.fault),
      carriedOut: answered.carried_out,
    };
  }

  /** @internal */
  static from(json: RecordedJson): Recorded {
    return new Recorded(json);
  }

  /** The value of a header, by its name in any case of letters. */
  header(name: string): string | undefined {
    return this.headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];
  }

  /**
   * The body as JSON.
   *
   * @throws SyntaxError if it is none, or was cut off.
   */
  json(): unknown {
    return JSON.parse(this.body);
  }
}

/** A name of the native module as this package has it. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** A name of this package as the native module has it. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
