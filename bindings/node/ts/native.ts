/** The interface of the native module. */

import { load } from './loader.js';

/** Packed values, which a `Reader` reads. */
export interface Packed {
  numbers: Float64Array;
  text: string;
}

/** An aborted update that may have been applied. */
export interface AbortedUpdate {
  operation: string;
  attempts: number;
}

/** The HTTP response of a call. */
export interface ReceivedResponse {
  httpStatus: number;
  headers: Record<string, string>;
  body: Uint8Array;
  attempts: number;
  elapsed: number;
}

/** The completion queue of one thread; see `src/completions.rs`. */
export interface NativeCompletions {
  /** Writes events to the buffer, and returns their texts if there are any. */
  take(buffer: Float64Array): string[] | null;
  /** Aborts a call. Describes it if it is an update that may have been applied. */
  abort(call: number): AbortedUpdate | null;
  /** Keeps the HTTP response of a call when it ends. Returns false if it has ended. */
  keepResponse(call: number): boolean;
  /** Takes the HTTP response of a call whose outcome was taken. */
  takeResponse(call: number): ReceivedResponse | null;
  /** Starts a call that panics; in test builds only. */
  panic?(operation: number): number;
}

/** A query and the position of its next page. */
export interface NativePageReader {
  /** Starts a call that reads the next page, and returns its number. */
  read(completions: NativeCompletions, isLogged: boolean): number;
  readonly total: number | null;
  readonly drift: { totalAtStart?: number | null; totalAtEnd?: number | null; read: number; repeated: number } | null;
}

/** An edit whose draft was checked. */
export interface NativePreparedEdit {
  changes(): Packed;
}

/** The native object behind a client. */
export interface NativeCore {
  readonly baseUrl: string;
  readonly timeout: number;
  readonly maxRetries: number;
  readonly clockOffset: number | null;
  withOptions(options: string): NativeCore;
  close(): void;
  /** Starts a call, and returns its number. */
  call(
    completions: NativeCompletions,
    operation: number,
    request: string,
    options: string | undefined,
    isLogged: boolean,
  ): number;
  /** Starts a call of any other endpoint, and returns its number. `target` holds its path and kind as JSON text. */
  callPath(
    completions: NativeCompletions,
    target: string,
    body: string,
    options: string | undefined,
    isLogged: boolean,
  ): number;
  /** Checks the draft of an edit. */
  prepareEdit(original: string, draft: string, verify: boolean): NativePreparedEdit;
  /** Starts to send the update of an edit, and returns the number of the call. */
  applyEdit(
    completions: NativeCompletions,
    edit: NativePreparedEdit,
    options: string | undefined,
    isLogged: boolean,
  ): number;
  pages(operation: number, request: string, options: string | undefined): NativePageReader;
}

/** The decisions of a wait for a flow or for tasks. */
export interface NativeWait {
  readonly timeout: number;
  /** Takes the status of a flow and those of its nodes, or those of tasks. Returns how many have ended, and all. */
  see(status: number | null, parts: (number | null)[]): [done: number, total: number];
  /** Takes the message of an error that a later read may not have. */
  fail(message: string): void;
  /** Returns the milliseconds until the next read, or null at the end. Throws a `WaitError`. */
  nextDelay(elapsed: number): number | null;
}

/** A wait of a sandbox that is under way; it keeps the event loop alive. */
export interface NativeSandboxWait {
  /** Cancels the wait; its callback is not called. */
  cancel(): void;
}

/** A sandbox that commands start, use and close. Commands and replies are JSON text. */
export interface NativeSandbox {
  command(command: string): string;
  /** Executes a command beside the event loop. */
  execute(command: string, done: (reply: string) => void): void;
  wait(command: string, done: (reply: string) => void): NativeSandboxWait;
  close(): void;
}

/** Encodes responses of one type as the bytes of a file. */
export interface NativeRowEncoder {
  /** Adds a row. Returns the approximate number of bytes that can be taken. */
  add(response: string): number;
  /** Takes the bytes of the rows since the last call. Those of a CSV file begin with the names of the columns. */
  take(): Uint8Array;
}

type Environment = Record<string, string>;

/** Numbers by name, as an enum of the native module. */
type Numbers<Name extends string> = Readonly<Record<Name, number>>;

/** The native module. The messages of its exceptions are JSON, which `attempt` in `failures.ts` turns into errors. */
export interface Native {
  readonly CALL_SLOTS: number;
  readonly HEAD_LENGTH: number;
  readonly SHORT_TEXT: number;
  readonly SUMMARY_LENGTH: number;
  readonly EventKind: Numbers<'Nothing' | 'Response' | 'Items' | 'End' | 'Failure' | 'LogLine'>;
  readonly ValueKind: Numbers<'Null' | 'False' | 'True' | 'Number' | 'BigInt' | 'Text' | 'List' | 'Object'>;
  Core: {
    new (options: string, environment: Environment): NativeCore;
    fromEnvironment(options: string, environment: Environment): NativeCore;
    fromProfile(name: string | undefined, options: string, environment: Environment): NativeCore;
  };
  Completions: new (wake: () => void) => NativeCompletions;
  marker(): string;
  /** Names of the options of clients and of calls. */
  optionNames(): string[];
  fittingTypes(value: string, mayBeResponse: boolean): number[];
  isFieldToWriteBack(operation: string, field: string): boolean;
  /** Returns the changes of an edit, without checking the draft. */
  editChanges(original: string, draft: string): Packed;
  validate(position: number, request: string): Packed;
  warnings(position: number, request: string): Packed;
  /** Refuses a request that breaks a rule. */
  checkRequest(position: number, request: string): void;
  spanOfMonth(month: string): [string, string];
  spanOfDay(day: string): [string, string];
  requestToWire(position: number, request: string): Packed;
  requestFromWire(position: number, wire: string): Packed;
  responseToWire(position: number, response: string): Packed;
  responseFromWire(position: number, wire: string): Packed;
  toUpdate(position: number, response: string, wanted: number | undefined): Packed;
  /** Refuses a flow with this status for an edit, unless it is pending. */
  checkPending(status: number | undefined): void;
  parseFee(text: string): { amount: string; currency?: string } | null;
  addAmounts(one: string, other: string): string | null;
  compareAmounts(one: string, other: string): number | null;
  totalFees(fees: string): Packed;
  toRow(position: number, response: string): Packed;
  RowEncoder: new (position: number, isCsv: boolean) => NativeRowEncoder;
  Sandbox: new () => NativeSandbox;
  /** `options` holds the `timeout` and, for a flow, the status `until`. */
  Wait: new (options: string) => NativeWait;
  /** Describes a refusal by the system, which is not one of a call, as JSON. */
  describeRefusal(cause: string): string;
  /** Serves a sandbox until Ctrl-C or SIGTERM and returns the exit code. Blocks the event loop. */
  serveSandbox(args: string[]): number;
}

export const native = load() as Native;
