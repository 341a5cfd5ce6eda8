/**
 * A local stand-in for the service: stateful, strict about requests, with faults on demand.
 *
 * It starts in a few milliseconds and needs no account and no network. It starts with the examples of the service's
 * documents: flow 12 is completed, 299 is pending, 300 to 304 have each status once, and there are 577 tasks.
 *
 * @packageDocumentation
 */

/// <reference lib="esnext.disposable" preserve="true" />

import { readFile } from 'node:fs/promises';

import { Client } from './client.js';
import { siteOf, type Site } from './errors.js';
import { faultToJson, type Fault } from './faults.js';
import type { GroupCallTask, RecallFlowDetail } from './generated/responses.js';
import { jsonText } from './json.js';
import { native } from './native.js';
import type { NativeSandbox, NativeWait, Outcome } from './native-sandbox.js';
import type { ClientOptions } from './options.js';
import { camelCase, Recorded, snakeCase, type OperationName, type RecordedJson } from './recorded.js';
import { milliseconds, refusal, refusalAt, seconds, shown, whole } from './refusal.js';
import { toWire } from './values.js';

export type {
  Body,
  Bytes,
  Edit,
  EditForms,
  Ending,
  EnvelopeStyle,
  Fault,
  FaultForms,
  FaultHeaders,
  FaultName,
  Pace,
  Respond,
} from './faults.js';
export { Recorded, type Answered, type OperationName } from './recorded.js';

/** An object with the service's own names, as it is on the wire. */
export type WireObject = Readonly<Record<string, unknown>>;

/**
 * The shape in which queryDetail answers. All of them are published: the flow with its nodes, a page of nodes, and the flow
 * with left-overs of paging.
 */
export type Shape = 'flat' | 'page' | 'flat-with-paging';

/** What a sandbox knows of a task beyond what queries answer. */
export interface TaskDetails {
  /** The time by which queries find the task, `yyyy-MM-dd HH:mm:ss`; its `createdTime` if not given. */
  readonly filedAt?: string | null | undefined;
  /** The application that submitted the task, for queries by `idxAppId`. */
  readonly appId?: number | null | undefined;
  /** The voice file or the spoken text, for queries by `searchCondition`. */
  readonly audio?: string | null | undefined;
  /** How the task goes on while the sandbox runs: its status and figures follow the sandbox's clock. */
  readonly progress?: TaskProgress | null | undefined;
}

/** How a task goes on while the sandbox runs, in seconds: it is part of seed files, which all languages share. */
export interface TaskProgress {
  /** Seconds from the sandbox's start to the task's first call, negative for an earlier one. */
  readonly startsAfter: number;
  /** Seconds that all calls of the task take. */
  readonly lasts: number;
}

/** A task as a sandbox keeps it. */
export interface SeedTask extends TaskDetails {
  /** The task as queries answer it. */
  readonly record: WireObject;
}

/** The flows and tasks that a sandbox starts with, as the seed files of all languages have them. */
export interface Seed {
  /** The flows, each as queryDetail answers it. */
  readonly flows?: readonly WireObject[] | undefined;
  /** The tasks. */
  readonly tasks?: readonly SeedTask[] | undefined;
}

/** The options of a sandbox. */
export interface SandboxOptions {
  /** The API key that is accepted; that of the service's documents by default. */
  apiKey?: string | undefined;
  /** The secret that requests are signed with; that of the documents by default. */
  apiSecret?: string | undefined;
  /** The IP address to listen on; `127.0.0.1` by default. */
  host?: string | undefined;
  /** The port to listen on; any free one by default. */
  port?: number | undefined;
  /**
   * The flows and tasks to start with, or the path or `file:` URL of a JSON file with them; the examples of the documents by
   * default.
   */
  seed?: Seed | string | URL | undefined;
  /** The shape in which queryDetail answers; `flat` by default. */
  shape?: Shape | undefined;
  /** Milliseconds that a timestamp may be from the sandbox's clock; 30 minutes by default. */
  timestampWindow?: number | undefined;
  /** The addresses that may ask; any by default. Others get code -2. */
  allowedIps?: readonly string[] | undefined;
}

/** The options of a wait. */
export interface WaitOptions {
  /** Milliseconds to wait at most; 10 000 by default, and `Infinity` for no end. */
  timeout?: number | undefined;
  /** Ends the wait when it is aborted: the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
}

const CLOSED = 'the sandbox was closed';

const { Sandbox: Native } = native;

/** The sandboxes that run. Nobody else may know one whose URL somebody uses. */
const running = new Set<NativeSandbox>();

/**
 * A running sandbox, until it is closed or the process or worker ends, which it does not hold up.
 *
 * ```ts
 * import { Sandbox } from 'recallflow/sandbox';
 *
 * const sandbox = await Sandbox.start();
 * const client = sandbox.client();
 * sandbox.script(503, 'reset', { delay: 200 });
 * await client.queryRecallFlowDetail(299);
 * sandbox.requests.map(({ answered }) => answered.status); // [503, undefined, 200]
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
 * test('a busy service is asked again', async () => {
 *   sandbox.script(-15);
 *   await myProgram({ baseUrl: sandbox.url, apiKey: sandbox.apiKey, apiSecret: sandbox.apiSecret });
 *   expect(sandbox.requests).toHaveLength(2);
 * });
 * ```
 *
 * It runs on a thread of its own, so that it serves clients of any kind in any process. Everything but `url`, `apiKey`,
 * `apiSecret` and `client` throws an Error after `close()`.
 */
export class Sandbox {
  readonly #native: NativeSandbox;
  readonly #url: string;
  readonly #apiKey: string;
  readonly #apiSecret: string;

  private constructor(sandbox: NativeSandbox) {
    if (typeof (sandbox as NativeSandbox | undefined)?.url !== 'string') {
      // Without types, nothing else says so.
      throw refusalAt(
        siteOf(new.target as unknown as () => Sandbox),
        new TypeError('a sandbox is started: `await Sandbox.start()`'),
      );
    }
    this.#native = sandbox;
    this.#url = sandbox.url;
    this.#apiKey = sandbox.apiKey;
    this.#apiSecret = sandbox.apiSecret;
    running.add(sandbox);
  }

  /**
   * Starts a sandbox.
   *
   * @throws TypeError or RangeError if an option is wrong; the error names it.
   * @throws Error if it cannot listen there, or the file of the seed cannot be read; `code` is `EADDRINUSE` for a port that
   *   is in use, and `ENOENT` for a file that there is not.
   */
  static async start(options: SandboxOptions = {}): Promise<Sandbox> {
    const site = siteOf(member(Sandbox, 'start'));
    try {
      return new Sandbox(await Native.start(await optionsText(options)));
    } catch (thrown) {
      throw refusalAt(site, renamed(thrown, /^[a-z_]+(?=:)/));
    }
  }

  /** The base URL for clients, `http://127.0.0.1:PORT`; any path prefix after it will do as well. */
  get url(): string {
    return this.#url;
  }

  /** The API key that is accepted. */
  get apiKey(): string {
    return this.#apiKey;
  }

  /** The secret that requests are signed with. */
  get apiSecret(): string {
    return this.#apiSecret;
  }

  /** A new client of this sandbox, with options as `Client` takes them. */
  client(options: Partial<ClientOptions> = {}): Client {
    return new Client({ apiKey: this.#apiKey, apiSecret: this.#apiSecret, baseUrl: this.#url, ...options });
  }

  /**
   * Plays these faults on the next requests, one on each, after those that are scripted already. Later requests are answered
   * as usual. The faults of a list are played together on one request. A list alone whose faults cannot be, because each
   * says what comes of a request, is the sequence of them.
   *
   * ```ts
   * sandbox.script(503, -15, 'reset', { truncate: 20 }, [504, 'applied']);
   * sandbox.script([503, 'reset', 'ok']);
   * ```
   *
   * @throws TypeError if something is no fault; the error names those there are. Nothing is scripted then.
   */
  script(...faults: Fault[]): void {
    told('script', () => {
      this.#native.script(faultsText(faults));
    });
  }

  /**
   * Plays these faults on the next requests of one operation, such as `'queryGroupCalls'`.
   *
   * @throws TypeError if there is no such operation or fault; the error names those there are.
   */
  scriptFor(operation: OperationName, ...faults: Fault[]): void {
    told('scriptFor', () => {
      const text = faultsText(faults);
      try {
        this.#native.script(text, snakeCase(shown(operation)));
      } catch (thrown) {
        throw renamed(thrown, /^there is no operation .*/);
      }
    });
  }

  /** How many scripted faults were not played yet. */
  get faultsLeft(): number {
    return told('faultsLeft', () => this.#native.faultsLeft());
  }

  /** The requests that came, in their order: the last 10 000, or those with the last 256 MiB of bodies. */
  get requests(): Recorded[] {
    return told('requests', () => this.#recorded());
  }

  #recorded(): Recorded[] {
    return (JSON.parse(this.#native.requests()) as RecordedJson[]).map((json) => Recorded.from(json));
  }

  /**
   * Waits until this many requests have come since the start or the last reset, and returns them. A request counts when it
   * was read, before it is answered.
   *
   * @throws Error if they did not come in time, or the sandbox was closed.
   */
  async waitForRequests(count: number, options: WaitOptions = {}): Promise<Recorded[]> {
    const site = siteOf(member(Sandbox.prototype, 'waitForRequests'));
    const late = (after: string): string =>
      `${count} requests were to come within ${after}, and ${this.#recorded().length} did`;
    await wait(options, site, late, (limit, done) => this.#native.waitForRequests(whole('count', count), limit, done));
    return this.requests;
  }

  /** How many connections were made since the start. */
  get connections(): number {
    return told('connections', () => this.#native.connections());
  }

  /** How many connections are open. */
  get openConnections(): number {
    return told('openConnections', () => this.#native.openConnections());
  }

  /**
   * Waits until no more than this many connections are open.
   *
   * @throws Error if more of them stayed open, or the sandbox was closed.
   */
  async waitForOpenConnections(most: number, options: WaitOptions = {}): Promise<void> {
    const site = siteOf(member(Sandbox.prototype, 'waitForOpenConnections'));
    const late = (after: string): string =>
      `after ${after} ${this.#native.openConnections()} connections are open, more than ${most}`;
    await wait(options, site, late, (limit, done) =>
      this.#native.waitForOpenConnections(whole('most', most), limit, done),
    );
  }

  /** A flow as it is kept, with the service's names and its nodes in `nodeList`; undefined if there is none of this key. */
  flow(keyId: number | bigint): Record<string, unknown> | undefined {
    return told('flow', () => {
      const flow = this.#native.flow(BigInt(keyId));
      return flow === null ? undefined : (JSON.parse(flow) as Record<string, unknown>);
    });
  }

  /**
   * Adds a flow, or replaces the one with its `keyId`.
   *
   * @param flow - What `queryRecallFlowDetail` returned, or an object with the service's names.
   * @throws TypeError if it has no `keyId`.
   */
  insertFlow(flow: RecallFlowDetail | WireObject): void {
    told('insertFlow', () => {
      this.#native.insertFlow(jsonText('a flow', wire('a flow', flow, 'RecallFlowDetail')));
    });
  }

  /** The tasks as they are kept, in the form of a seed. */
  get tasks(): SeedTask[] {
    return told('tasks', () => JSON.parse(this.#native.tasks()) as SeedTask[]);
  }

  /**
   * Adds a task.
   *
   * @param record - What `queryGroupCalls` returned of it, or an object with the service's names. It gets a `taskType` of 3,
   *   without which no query finds it, unless it has another one.
   * @param details - What the sandbox knows of it beyond that.
   * @throws TypeError if something is no JSON or does not have the type that it must have.
   */
  insertTask(record: Partial<GroupCallTask> | WireObject, details: TaskDetails = {}): void {
    told('insertTask', () => {
      const fields = wire('a task', record, 'GroupCallTask');
      const { filedAt, appId, audio, progress } = details;
      const task = { record: isRecord(fields) ? { taskType: 3, ...fields } : fields, filedAt, appId, audio, progress };
      this.#native.insertTask(jsonText('a task', task));
    });
  }

  /** Sets the shape in which queryDetail answers. */
  setShape(shape: Shape): void {
    told('setShape', () => {
      this.#native.setShape(shown(shape));
    });
  }

  /**
   * Sets by how many milliseconds the sandbox's clock, which goes in seconds, is ahead of this machine's; negative for
   * behind.
   */
  setClockOffset(offset: number): void {
    told('setClockOffset', () => {
      this.#native.setClockOffset(seconds('offset', offset));
    });
  }

  /**
   * Puts flows, tasks, shape and clock back to how they started, and forgets script and requests. Connections stay as they
   * are, and are still counted.
   */
  reset(): void {
    told('reset', () => {
      this.#native.reset();
    });
  }

  /** Ends the sandbox and all its connections. Nothing happens if it has ended. */
  close(): void {
    this.#native.close();
    running.delete(this.#native);
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
    const shown = { url: this.#url, isRunning: running.has(this.#native) };
    return inspect === undefined ? shown : `${this.constructor.name} ${inspect(shown, options)}`;
  }
}

/** The method of this name, or what reads the property. */
function member<T extends object>(holder: T, name: keyof T): (...args: never) => unknown {
  const found = Object.getOwnPropertyDescriptor(holder, name);
  return (found?.value ?? found?.get) as () => unknown;
}

/** Does something for a member of the class, and gives what it throws the stack of who used that. */
function told<T>(name: keyof Sandbox, act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    throw refusalAt(siteOf(member(Sandbox.prototype, name)), thrown);
  }
}

/** The error for what the native module throws, with names as this package has them where its message has this. */
function renamed(thrown: unknown, part: RegExp): Error {
  const error = refusal(thrown);
  error.message = error.message.replace(part, (names) => camelCase(names));
  return error;
}

async function optionsText(options: SandboxOptions): Promise<string> {
  if (!isRecord(options)) {
    throw new TypeError('the options of a sandbox must be an object, such as `{ port: 4010 }`');
  }
  const { apiKey, apiSecret, host, port, seed, shape, timestampWindow, allowedIps, ...rest } =
    options as SandboxOptions;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    throw new TypeError(`there is no option \`${unknown}\``);
  }
  const isFile = typeof seed === 'string' || seed instanceof URL;
  const text = jsonText('the options', {
    api_key: apiKey,
    api_secret: apiSecret,
    host,
    port: port === undefined ? undefined : whole('port', port, 0xffff),
    seed: isFile ? undefined : seed,
    shape,
    timestamp_window:
      timestampWindow === undefined ? undefined : milliseconds('timestampWindow', timestampWindow) / 1000,
    allowed_ips: allowedIps,
  });
  return isFile ? withMember(text, 'seed', await seedText(seed)) : text;
}

/** The text of an object with a member more, whose value is text already: parsing it would round what is beyond 2^53. */
function withMember(object: string, name: string, value: string): string {
  const comma = object === '{}' ? '' : ',';
  return `${object.slice(0, -1)}${comma}${JSON.stringify(name)}:${value}}`;
}

/** The text of a seed's file. */
async function seedText(file: string | URL): Promise<string> {
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    const error = thrown as Error;
    error.message += ' (the file of `seed`)';
    throw error;
  });
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new TypeError(`seed: the file ${String(file)} is no JSON: ${(cause as Error).message}`, { cause });
  }
  return text;
}

function faultsText(faults: readonly Fault[]): string {
  return jsonText('a fault', faults.map(faultToJson));
}

/** What the service writes for a response of a client; an object of the service as it is. */
function wire(what: string, value: unknown, type: 'RecallFlowDetail' | 'GroupCallTask'): unknown {
  if (!isRecord(value) || !('extra' in value)) {
    return value;
  }
  // What has no JSON is refused here, as in other objects.
  jsonText(what, value);
  return toWire(value, type);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Waits for what `begin` begins to wait for, without holding up the event loop. */
async function wait(
  { timeout = 10_000, signal }: WaitOptions,
  site: Site,
  late: (after: string) => string,
  begin: (limit: number, done: (outcome: Outcome) => void) => NativeWait,
): Promise<void> {
  try {
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new TypeError('`signal` must be an AbortSignal, such as `AbortSignal.timeout(5000)`');
    }
    const limit = milliseconds('timeout', timeout, 0, Infinity);
    const outcome = await outcomeOf((done) => begin(limit, done), signal);
    if (outcome !== 'came') {
      throw new Error(outcome === 'closed' ? CLOSED : late(`${timeout} ms`));
    }
  } catch (thrown) {
    throw signal?.aborted === true && thrown === signal.reason ? thrown : refusalAt(site, thrown);
  }
}

function outcomeOf(begin: (done: (outcome: Outcome) => void) => NativeWait, signal?: AbortSignal): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = (): void => {
      waiting.cancel();
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is whatever the signal says
      reject(signal?.reason);
    };
    const waiting = begin((outcome) => {
      signal?.removeEventListener('abort', onAbort);
      resolve(outcome);
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
