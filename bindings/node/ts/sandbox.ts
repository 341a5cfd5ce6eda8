/**
 * A local server that behaves as the service does: stateful, strict about requests, with faults on demand.
 *
 * A sandbox starts in a few milliseconds and needs no account and no network. It starts with the examples of the service's
 * documents: flow 12 is completed, 299 is pending, 300 to 304 have each status once, and there are 577 tasks.
 *
 * @packageDocumentation
 */

/// <reference lib="esnext.disposable" preserve="true" />

import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

import { Client } from './client.js';
import { moveTo, siteOf } from './errors.js';
import { faultToJson, type OperationName, type WireObject } from './faults.js';
import type { GroupCallTask, RecallFlowDetail } from './generated/responses.js';
import type { Fault, SandboxOptions, SeedTask, Shape } from './generated/sandbox.js';
import type { NativeSandbox } from './native.js';
import type { ClientOptions } from './options.js';
import { PrivateParts } from './parts.js';
import { isSignal, isUrl } from './realms.js';
import { RecordedRequest } from './recorded.js';
import { jsonText } from './json.js';
import { commandText, create, execute, resultOf } from './sandbox-native.js';
import { toWire } from './values.js';

export type { Body, Bytes, Headers, OneOf, OperationName, WireObject } from './faults.js';
export {
  faults,
  type DataStyle,
  type Ending,
  type EnvelopeStyle,
  type Fault,
  type FaultForms,
  type FaultName,
  type Pace,
  type Progress,
  type RecordedResponse,
  type Reflection,
  type SandboxOptions,
  type Seed,
  type SeedTask,
  type Shape,
} from './generated/sandbox.js';
export { RecordedRequest } from './recorded.js';

/** The members of a `SeedTask` other than its record. */
export type TaskDetails = Omit<SeedTask, 'record'>;

/** The options of a wait. */
export interface WaitOptions {
  /** Longest time to wait in milliseconds; 10,000 by default, and `Infinity` for no limit. */
  timeout?: number | undefined;
  /** Aborts the wait: the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What a sandbox says when it has started. */
interface Started {
  url: string;
  api_key: string;
  api_secret: string;
}

/** The private parts of a sandbox. */
interface Parts {
  native: NativeSandbox;
  started: Started;
}

const parts = new PrivateParts<Parts>();

/** The running sandboxes. Keeps a sandbox alive if the program keeps nothing but its URL. */
const running = new Set<NativeSandbox>();

/**
 * A running sandbox. It stops when it is closed or when the process or worker ends, and does not keep the process alive.
 *
 * ```ts
 * import { faults, Sandbox } from 'recallflow/sandbox';
 *
 * const sandbox = await Sandbox.start();
 * const client = sandbox.client();
 * sandbox.script(503, 'reset', faults.delay(200));
 * await client.queryRecallFlowDetail(299);
 * sandbox.requests.map(({ response }) => response.httpStatus); // [503, undefined, 200]
 * sandbox.close();
 * ```
 *
 * In Jest, Vitest and `node:test` alike, each test can have its own:
 *
 * ```ts
 * let sandbox: Sandbox;
 * beforeEach(async () => {
 *   sandbox = await Sandbox.start();
 * });
 * afterEach(() => sandbox.close());
 *
 * test('a throttled call is retried', async () => {
 *   sandbox.script(-15);
 *   await myProgram({ baseUrl: sandbox.url, apiKey: sandbox.apiKey, apiSecret: sandbox.apiSecret });
 *   expect(sandbox.requests).toHaveLength(2);
 * });
 * ```
 *
 * It runs on its own thread, so that it serves clients of any kind in any process. After `close()`, everything but `url`,
 * `apiKey`, `apiSecret` and `client` throws an Error.
 */
export class Sandbox {
  private constructor(sandbox: NativeSandbox, started: Started) {
    if ((started as object | undefined) === undefined) {
      // The private constructor is an error in TypeScript only.
      const error = new TypeError('could not construct a Sandbox; start one: `await Sandbox.start()`');
      throw moveTo(error, siteOf(new.target as unknown as () => Sandbox));
    }
    parts.set(this, { native: sandbox, started });
    running.add(sandbox);
  }

  /**
   * Starts a sandbox.
   *
   * @throws TypeError or RangeError if an option is wrong; the error names it.
   * @throws Error if the sandbox could not listen, or the seed file could not be read. `code` is `EADDRINUSE` for a port in
   *   use, and `ENOENT` for a missing file.
   * @throws TransportError if the system refused a thread or a descriptor.
   */
  static async start(options: SandboxOptions = {}): Promise<Sandbox> {
    const site = siteOf(member(Sandbox, 'start'));
    try {
      const sandbox = create();
      const { seedFile } = objectOf('options', options);
      const given = isUrl(seedFile) ? { ...options, seedFile: fileURLToPath(seedFile) } : options;
      const started = await execute(sandbox, commandText('start', given));
      return new Sandbox(sandbox, started as Started);
    } catch (thrown) {
      throw moveTo(thrown as Error, site);
    }
  }

  /** The base URL for clients, `http://127.0.0.1:PORT`. Any path prefix may follow it. */
  get url(): string {
    return parts.get(this).started.url;
  }

  /** The API key that is accepted. */
  get apiKey(): string {
    return parts.get(this).started.api_key;
  }

  /** The secret that requests are signed with. */
  get apiSecret(): string {
    return parts.get(this).started.api_secret;
  }

  /** Returns a new client of this sandbox, with the options of `Client`. */
  client(options: Partial<ClientOptions> = {}): Client {
    return new Client({
      apiKey: this.apiKey,
      apiSecret: this.apiSecret,
      baseUrl: this.url,
      ...objectOf('options', options),
    });
  }

  /**
   * Plays these faults on the next requests, one on each, after those already scripted. Later requests have no fault.
   * The faults of an array are played together on one request. A single array whose faults exclude each other is
   * their sequence.
   *
   * ```ts
   * sandbox.script(503, -15, 'reset', faults.truncate(20), [504, 'applied']);
   * sandbox.script([503, 'reset', 'ok']);
   * ```
   *
   * @throws TypeError or RangeError if an argument is not a fault. Nothing is scripted then.
   */
  script(...faults: Fault[]): void {
    run(this, 'script', 'script', { faults: faults.map(faultToJson) });
  }

  /**
   * Plays these faults on the next requests of one operation, such as `'queryGroupCalls'`, or of another path, such as
   * `'voice/balance'`.
   *
   * @throws TypeError or RangeError if the operation or a fault is unknown. Nothing is scripted then.
   */
  scriptFor(operation: OperationName | `${string}/${string}`, ...faults: Fault[]): void {
    run(this, 'scriptFor', 'script', { operation, faults: faults.map(faultToJson) });
  }

  /** The number of scripted faults that were not played yet. */
  get faultsLeft(): number {
    return run(this, 'faultsLeft', 'faults_left') as number;
  }

  /** The recorded requests in order; see `maxRecordedRequests`. */
  get requests(): RecordedRequest[] {
    const requests = run(this, 'requests', 'requests') as ConstructorParameters<typeof RecordedRequest>[0][];
    return requests.map((request) => new RecordedRequest(request));
  }

  /**
   * Waits until this many requests were recorded since the start or the last reset, and returns them. A request is recorded
   * once it is read, before the response is sent.
   *
   * @throws Error if they did not arrive in time, or the sandbox was closed.
   */
  async waitForRequests(count: number, options: WaitOptions = {}): Promise<RecordedRequest[]> {
    await wait(this, 'waitForRequests', 'wait_for_requests', { count }, options);
    return this.requests;
  }

  /** The number of connections since the start. */
  get connections(): number {
    return run(this, 'connections', 'connections') as number;
  }

  /** The number of open connections. */
  get openConnections(): number {
    return run(this, 'openConnections', 'open_connections') as number;
  }

  /**
   * Waits until at most this many connections are open.
   *
   * @throws Error if more connections stayed open, or the sandbox was closed.
   */
  async waitForOpenConnections(atMost: number, options: WaitOptions = {}): Promise<void> {
    await wait(this, 'waitForOpenConnections', 'wait_for_open_connections', { atMost }, options);
  }

  /** Returns a flow with the service's names and its nodes in `nodeList`, or undefined for an unknown key. */
  flow(keyId: number | bigint): Record<string, unknown> | undefined {
    return (run(this, 'flow', 'flow', { keyId }) ?? undefined) as Record<string, unknown> | undefined;
  }

  /**
   * Adds a flow, or replaces the one with its `keyId`.
   *
   * @param flow - A response of `queryRecallFlowDetail`, or an object with the service's names.
   * @throws TypeError if the flow has no `keyId`, or a name is misspelt.
   */
  insertFlow(flow: RecallFlowDetail | WireObject): void {
    run(this, 'insertFlow', 'insert_flow', () => ({ flow: wire(flow, 'RecallFlowDetail') }));
  }

  /** All tasks, in the form of a seed. */
  get tasks(): SeedTask[] {
    return run(this, 'tasks', 'tasks') as SeedTask[];
  }

  /**
   * Adds a task.
   *
   * @param record - A record of `queryGroupCalls`, or an object with the service's names.
   * @param details - The other members of a `SeedTask`.
   * @throws TypeError or RangeError if a value is wrong, or a name is misspelt.
   */
  insertTask(record: Partial<GroupCallTask> | WireObject, details: TaskDetails = {}): void {
    run(this, 'insertTask', 'insert_task', () => ({
      ...objectOf('details', details),
      record: wire(record, 'GroupCallTask'),
    }));
  }

  /** Sets the shape of queryDetail responses. */
  setShape(shape: Shape): void {
    run(this, 'setShape', 'set_shape', { shape });
  }

  /**
   * Sets how many milliseconds the sandbox's clock is ahead of this machine's, rounded to seconds; negative for behind.
   */
  setClockOffset(offset: number): void {
    run(this, 'setClockOffset', 'set_clock_offset', () => {
      if (!Number.isFinite(offset)) {
        throw new TypeError(`\`offset\`: expected a number of milliseconds, got ${inspect(offset)}`);
      }
      return { seconds: Math.round(offset / 1000) };
    });
  }

  /**
   * Lets this many milliseconds pass for flows and tasks, so that they make progress.
   *
   * A pending flow and a waiting task begin after 60 s and then last 600 s, unless they have a `Progress`. Final states stay.
   * Without `advance`, flows and tasks without a `Progress` do not change. Timestamps of requests are checked by the clock,
   * which does not advance.
   *
   * @throws TypeError or RangeError if the time is not a number of milliseconds from 0.
   */
  advance(time: number): void {
    run(this, 'advance', 'advance', { time });
  }

  /**
   * Restores flows, tasks, shape and clock, and forgets scripts and requests. Connections stay open and are still counted.
   */
  reset(): void {
    run(this, 'reset', 'reset');
  }

  /** Stops the sandbox and closes its connections. Does nothing if it has stopped. */
  close(): void {
    const { native } = parts.get(this);
    native.close();
    running.delete(native);
  }

  /** The same as `close`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](
    _depth: number,
    options: object,
    inspect?: (value: unknown, options: object) => string,
  ): unknown {
    const shown = { url: this.url, isRunning: running.has(parts.get(this).native) };
    return inspect === undefined ? shown : `${this.constructor.name} ${inspect(shown, options)}`;
  }
}

/** Executes a command. Its error has the stack of the caller of a member of the class. */
function run(sandbox: Sandbox, caller: keyof Sandbox, command: string, args?: object | (() => object)): unknown {
  try {
    const given = typeof args === 'function' ? (args as () => object)() : args;
    return resultOf(parts.get(sandbox).native.command(commandText(command, given)));
  } catch (thrown) {
    throw moveTo(thrown as Error, siteOf(member(Sandbox.prototype, caller)));
  }
}

/** Executes a command that waits, beside the event loop. */
async function wait(
  sandbox: Sandbox,
  caller: keyof Sandbox,
  command: string,
  args: object,
  options: WaitOptions,
): Promise<void> {
  const site = siteOf(member(Sandbox.prototype, caller));
  let signal: AbortSignal | undefined;
  try {
    const { timeout = 10_000, signal: given, ...unknown } = objectOf('options', options);
    signal = given;
    if (signal !== undefined && !isSignal(signal)) {
      throw new TypeError('`signal`: expected an AbortSignal, such as `AbortSignal.timeout(5000)`');
    }
    signal?.throwIfAborted();
    const text = commandText(command, { ...unknown, ...args, timeout: timeout === Infinity ? null : timeout });
    resultOf(await replyOf(parts.get(sandbox).native, text, signal));
  } catch (thrown) {
    throw signal?.aborted === true && thrown === signal.reason ? thrown : moveTo(thrown as Error, site);
  }
}

function replyOf(native: NativeSandbox, text: string, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      waiting.cancel();
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a signal's reason may be any value
      reject(signal?.reason);
    };
    const waiting = native.wait(text, (reply) => {
      signal?.removeEventListener('abort', onAbort);
      resolve(reply);
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Returns an argument if it is an object. */
function objectOf<T extends object>(name: string, value: T): T {
  if (typeof (value as unknown) !== 'object' || (value as unknown) === null) {
    throw new TypeError(`\`${name}\`: expected an object, got ${inspect(value)}`);
  }
  return value;
}

/** Returns the method of this name, or the getter of the property. */
function member<T extends object>(holder: T, name: keyof T): (...args: never) => unknown {
  const found = Object.getOwnPropertyDescriptor(holder, name);
  return (found?.value ?? found?.get) as () => unknown;
}

/** Returns the service's JSON of a client's response, and any other value unchanged. */
function wire(value: unknown, type: 'RecallFlowDetail' | 'GroupCallTask'): unknown {
  if (typeof value !== 'object' || value === null || !('extra' in value)) {
    return value;
  }
  // Rejects values without a JSON form.
  jsonText(value);
  return toWire(value, type);
}
