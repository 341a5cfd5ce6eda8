/** The native module, as the rest of the package sees it. */

import { isNativeError } from 'node:util/types';

import { load } from './loader.js';
import { ConfigError, errorOf, moveTo, RecallFlowError, type Site } from './errors.js';
import type { NativeSandboxClass } from './native-sandbox.js';
import { Reader } from './reader.js';

/** Numbers and text that a `Reader` reads. */
interface Parcel {
  numbers: Float64Array;
  text: string;
}

/** The calls of one thread. */
export interface NativeCompletions {
  /** Writes numbers into the room, and brings the texts that belong to them, if there are any. */
  take(room: Float64Array): string[] | null;
  abort(call: number): void;
  panic(operation: number): number;
}

/** Reads a query page after page. */
export interface NativeReader {
  read(completions: NativeCompletions, isLogged: boolean): number;
  readonly drift: { totalAtStart?: number | null; totalAtEnd?: number | null; repeated: number } | null;
}

/** What a client drives. */
export interface NativeCore {
  readonly baseUrl: string;
  readonly timeout: number;
  readonly maxRetries: number;
  close(): void;
  call(
    completions: NativeCompletions,
    operation: number,
    request: string,
    options: string | undefined,
    isLogged: boolean,
  ): number;
  pages(operation: number, request: string, options: string | undefined): NativeReader;
}

type Environment = Record<string, string>;

/** The module. What it throws has a message in JSON, for `attempt`. */
export interface Native {
  Core: {
    new (options: string, environment: Environment): NativeCore;
    fromEnvironment(options: string, environment: Environment): NativeCore;
  };
  Completions: new (wake: () => void) => NativeCompletions;
  marker(): string;
  requestOf(request: string): number;
  responseOf(response: string): number;
  validate(position: number, request: string): Parcel;
  warnings(position: number, request: string): Parcel;
  requestToWire(position: number, request: string): Parcel;
  requestFromWire(position: number, wire: string): Parcel;
  responseToWire(position: number, response: string): Parcel;
  responseFromWire(position: number, wire: string): Parcel;
  toUpdate(position: number, detail: string): Parcel;
  parseFee(text: string): { amount: string; currency?: string } | null;
  totalFees(fees: string): Parcel;
  Sandbox: NativeSandboxClass;
}

export const native = load() as Native;

/** Does something that may fail, and throws an error of this library with the stack of who called. */
export function attempt<T>(act: () => T, site: Site): T {
  try {
    return act();
  } catch (thrown) {
    throw moveTo(thrown instanceof RecallFlowError ? thrown : errorFrom(thrown), site);
  }
}

/** The error for what the native module threw, or a getter of whoever called. */
function errorFrom(thrown: unknown): RecallFlowError {
  // Where test runners give modules a realm of their own, errors of the native module are of another one.
  const text = isNativeError(thrown) ? thrown.message : String(thrown);
  if (!isNativeError(thrown) || typeof (thrown as { code?: unknown }).code !== 'string') {
    return new ConfigError(`what was given cannot be read: ${text}`, { cause: thrown });
  }
  try {
    const payload = JSON.parse(text) as { kind?: unknown; text?: unknown } | null;
    if (typeof payload?.kind === 'string' && typeof payload.text === 'string') {
      return errorOf(payload);
    }
  } catch {
    // It says something else than our own code does.
  }
  return errorOf({ kind: 'Panic', text: `internal error in recallflow: ${text}; please report it` });
}

/** Reads what the native module packed. */
export function open({ numbers, text }: Parcel): Reader {
  return new Reader(numbers, text);
}
