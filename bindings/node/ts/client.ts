/** The client. */

/// <reference lib="esnext.disposable" preserve="true" />

import { parseExactly } from './bigints.js';
import { start, type PendingCall } from './completions.js';
import { FlowEdit, type EditOptions, type PrepareEdit } from './edit.js';
import { encode } from './encode.js';
import { siteOf, type Change, type Site } from './errors.js';
import { attempt } from './failures.js';
import { Operations } from './generated/operations.js';
import type { GroupCallQuery } from './generated/requests.js';
import type { GroupCallTask, RecallFlowDetail, RecallFlowDetailDrafts } from './generated/responses.js';
import type { Observer } from './events.js';
import { native, type NativeCompletions, type NativeCore } from './native.js';
import {
  callOptions,
  checkProfileName,
  clientOptions,
  endpointOptions,
  environment,
  inEnvironment,
} from './options.js';
import type {
  CallOptions,
  ClientOptions,
  EndpointOptions,
  EnvironmentOptions,
  Overrides,
  PagingOptions,
  SharedOptions,
} from './options.js';
import { Pages } from './pages.js';
import { PrivateParts } from './parts.js';
import { CallPromise } from './promise.js';
import { open, type Reader } from './reader.js';
import { Polling, type FlowWaitOptions, type WaitOptions } from './wait.js';

/** The private parts of a client. */
interface Parts {
  core: NativeCore;
  observer: Observer;
}

const parts = new PrivateParts<Parts>();

/**
 * Marks options of `fromEnv`, whose key and secret may come from the environment. Its value is the caller's stack. It is a
 * property of the options, because the constructor of a derived class may pass a copy of them.
 */
const FROM_ENVIRONMENT = Symbol('from the environment');

/** Marks options of `fromProfile` in the same way. Its value is the name of the profile and the caller's stack. */
const FROM_PROFILE = Symbol('from a profile');

/** Options that may carry one of the marks. */
interface MarkedOptions {
  [FROM_ENVIRONMENT]?: Site;
  [FROM_PROFILE]?: { name: string | undefined; site: Site };
}

/**
 * The client of the voice API.
 *
 * It signs and validates every request, and retries only when a retry is safe. Every failure is a `RecallFlowError`. One
 * client serves any number of concurrent calls. It connects at the first call, and does not keep the process alive.
 *
 * ```ts
 * import { Client, ITNIO } from 'recallflow';
 *
 * const client = new Client({ apiKey: 'key', apiSecret: 'secret', baseUrl: ITNIO });
 * const detail = await client.queryRecallFlowDetail(299);
 * ```
 */
export class Client extends Operations {
  /**
   * Creates a client. It connects at the first call.
   *
   * @throws {@link ConfigError} if an option is wrong; the error names it.
   */
  constructor(options: ClientOptions) {
    super();
    const { [FROM_ENVIRONMENT]: site, [FROM_PROFILE]: profile } = (options as MarkedOptions | undefined) ?? {};
    if (site !== undefined) {
      parts.set(this, makeFromEnvironment(options, site));
    } else if (profile !== undefined) {
      const core = (text: string, variables: Record<string, string>) =>
        native.Core.fromProfile(profile.name, text, variables);
      parts.set(this, make(options, environment(), profile.site, core));
    } else {
      const core = (text: string, variables: Record<string, string>) => new native.Core(text, variables);
      parts.set(this, make(options, environment(), siteOf(new.target), core));
    }
  }

  /**
   * Creates a client with the environment variables `RECALLFLOW_API_KEY` and `RECALLFLOW_API_SECRET`. The options `apiKey`
   * and `apiSecret` take precedence.
   *
   * @throws {@link ConfigError} if the key or the secret is missing, or an option is wrong.
   */
  static fromEnv<T extends Client = Client>(
    this: new (options: ClientOptions) => T,
    options: EnvironmentOptions = {},
  ): T {
    const site = siteOf(Client.fromEnv);
    // Check first: the copy below is an object even if `options` is not.
    attempt(() => clientOptions(options), site);
    return new this({ ...options, [FROM_ENVIRONMENT]: site } as unknown as ClientOptions);
  }

  /**
   * Creates a client with the account of a profile, which `recallflow profile add` or an editor wrote to a file.
   *
   * The file is `recallflow/profiles.toml` in the user's configuration folder, or the one that the environment variable
   * `RECALLFLOW_PROFILES` names. A program that prints the secret runs to its end before the call returns.
   *
   * ```ts
   * const client = Client.fromProfile('main', { timeout: 5000 });
   * ```
   *
   * @param name - Name of the profile. By default the one that `RECALLFLOW_PROFILE` names, or else the default one, or else
   * the only one.
   * @param options - Options of the client. They take precedence over the profile.
   * @throws {@link ConfigError} if there is no such profile, other users may read the file, the program that prints the
   * secret failed, or an option is wrong.
   */
  static fromProfile<T extends Client = Client>(
    this: new (options: ClientOptions) => T,
    name?: string,
    options: SharedOptions = {},
  ): T {
    const site = siteOf(Client.fromProfile);
    attempt(() => {
      checkProfileName(name);
      clientOptions(options);
    }, site);
    return new this({ ...options, [FROM_PROFILE]: { name, site } } as unknown as ClientOptions);
  }

  /**
   * Returns a client with other options that shares the connections, the clock and the retry budget of this one.
   *
   * ```ts
   * const patient = client.withOptions({ timeout: 120_000, extraHeaders: { 'X-Request-Id': '7f2c' } });
   * ```
   *
   * Each of the two is closed by itself; the connections are closed with the last client that uses them. The constructor of
   * a derived class is not run again: its properties are copied, but not those with a private name (`#name`).
   *
   * @throws {@link ConfigError} if an option is wrong, or cannot be changed because clients with the same connections share it.
   */
  withOptions(options: Overrides): this {
    const site = siteOf(Client.prototype.withOptions);
    const { core, observer } = parts.get(this);
    const given = attempt(() => clientOptions(options), site);
    const client = Object.assign(Object.create(Object.getPrototypeOf(this) as object) as this, this);
    const adjusted = attempt(() => core.withOptions(given.text), site);
    parts.set(client, { core: adjusted, observer: given.observer.withDefaults(observer) });
    return client;
  }

  /** Base URL of the service. */
  get baseUrl(): string {
    return parts.get(this).core.baseUrl;
  }

  /** Default timeout of a whole call, in milliseconds. */
  get timeout(): number {
    return parts.get(this).core.timeout;
  }

  /** Default number of retries of a call. */
  get maxRetries(): number {
    return parts.get(this).core.maxRetries;
  }

  /**
   * Milliseconds by which the service's clock is ahead of this machine's, negative if it is behind. `undefined` until a
   * response had a usable `Date`, and after `close`. Requests are signed with it only after the service refused a timestamp.
   */
  get clockOffset(): number | undefined {
    return parts.get(this).core.clockOffset ?? undefined;
  }

  /**
   * Calls any other endpoint of the platform, such as one that this version does not know.
   *
   * It signs, retries and redacts as the other methods do, and rejects with the same errors. Neither the body nor the data is
   * checked. The request is always a `POST`.
   *
   * ```ts
   * const { balance } = await client.call<{ balance: string }>('voice/balance', { currency: 'USD' });
   * ```
   *
   * @param path - Path below the base URL, such as `voice/balance`.
   * @param body - Object or array of values that have a JSON form.
   * @param options - Options of the call, with the `kind` of the endpoint.
   * @returns `data` of the response, or `null` if the response has no data. An integer that a number cannot represent is a
   * `bigint`.
   * @throws {@link ConfigError} if `path` or `kind` is wrong, or the path is that of an update that is called as a query.
   * @throws {@link InvalidRequestError} if the body is not an object or array, or holds a value without a JSON form.
   */
  call<T = unknown>(path: string, body: object, options?: EndpointOptions): CallPromise<T> {
    const { kind, others } = endpointOptions(options);
    return startCall(
      parts.get(this),
      others,
      siteOf(Client.prototype.call),
      () => {
        const [target, json] = [encode({ path, kind }), encode(body)];
        return (core, completions, text, isLogged) => core.callPath(completions, target, json, text, isLogged);
      },
      (reader) => parseExactly(reader.text() ?? 'null') as T,
    );
  }

  /**
   * Reads a recall flow for a safe edit. The flow must be pending; it may be an AI Agent flow.
   *
   * @param keyId - Key of the flow.
   * @param options - Options of the call that reads the flow, and the expected `type` of the draft.
   * @throws {@link ConflictError} if the flow is not pending.
   * @throws {@link InvalidRequestError} if the response lacks a field that an update requires, or is of another type.
   */
  async editRecallFlow<Name extends keyof RecallFlowDetailDrafts = keyof RecallFlowDetailDrafts>(
    keyId: number | bigint,
    options: EditOptions<Name> = {},
  ): Promise<FlowEdit<RecallFlowDetailDrafts[Name]>> {
    const site = siteOf(Client.prototype.editRecallFlow);
    const { type, ...others } = options;
    const detail = await this.queryRecallFlowDetail(keyId, others);
    attempt(() => {
      native.checkPending(detail.status);
    }, site);
    return new FlowEdit(detail.toUpdate(type), prepareEdits(parts.get(this)));
  }

  /**
   * Waits until a recall flow has a status, by default `COMPLETED`, and returns the flow.
   *
   * Reads the flow at once, then after 2 s, and doubles the delay up to 60 s. Temporary errors are retried until the timeout. A
   * missing or unknown status means "not yet".
   *
   * ```ts
   * const onProgress = (done: number, total: number) => console.log(`${done} of ${total} nodes have ended`);
   * const flow = await client.waitForRecallFlow(299, { timeout: 3_600_000, onProgress });
   * ```
   *
   * @param keyId - Key of the flow.
   * @param options - The total time of the wait, the status, a callback, and options of each call.
   * @throws {@link WaitError} if the time is over, or the status can no longer be reached.
   * @throws {@link RecallFlowError} at once for an error that a later read would have too.
   */
  async waitForRecallFlow(keyId: number | bigint, options: FlowWaitOptions): Promise<RecallFlowDetail> {
    const site = siteOf(Client.prototype.waitForRecallFlow);
    const polling = attempt(() => new Polling<RecallFlowDetail>(options, site, true, this.timeout), site);
    return polling.run(
      () => this.queryRecallFlowDetail(keyId, polling.callOptions()),
      (flow) => flow.status,
      (flow) => flow.nodeList.map((node) => node.nodeStatus),
    );
  }

  /**
   * Waits until every task of a query is finished, failed, canceled or suspended, and returns the tasks.
   *
   * Each read lists all pages again, so tasks that are added meanwhile count too. A list that changed while it was being read
   * is read again later. A query that selects no task ends at once. Delays are those of `waitForRecallFlow`.
   *
   * @param query - Selects the tasks.
   * @param options - The total time of the wait, a callback, and options of each call.
   * @throws {@link WaitError} if the time is over.
   * @throws {@link RecallFlowError} at once for an error that a later read would have too.
   */
  async waitForGroupCalls(query: GroupCallQuery, options: WaitOptions<GroupCallTask[]>): Promise<GroupCallTask[]> {
    const site = siteOf(Client.prototype.waitForGroupCalls);
    const polling = attempt(() => new Polling<GroupCallTask[]>(options, site, false, this.timeout), site);
    const read = (): Promise<GroupCallTask[]> => {
      const list = { ...polling.callOptions(), strict: true, totalTime: polling.timeLeft() };
      return this.groupCalls(query, list).toList();
    };
    return polling.run(
      read,
      () => undefined,
      (tasks) => tasks.map((task) => task.status),
    );
  }

  /** Closes the client. Pending calls go on; later calls fail with a `ConfigError`. */
  close(): void {
    parts.get(this).core.close();
  }

  /** Closes the client, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** Returns the properties that `JSON.stringify` writes. None of them is secret. */
  toJSON(): { baseUrl: string; timeout: number; maxRetries: number } {
    return { baseUrl: this.baseUrl, timeout: this.timeout, maxRetries: this.maxRetries };
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](
    _depth: number,
    options: object,
    inspect?: (value: unknown, options: object) => string,
  ): unknown {
    const shown = this.toJSON();
    return inspect === undefined ? shown : `${this.constructor.name} ${inspect(shown, options)}`;
  }

  /** @internal */
  protected override _call<T>(
    operation: number,
    request: unknown,
    options: CallOptions | undefined,
    read: ((reader: Reader) => T) | undefined,
    method: (...args: never) => unknown,
  ): CallPromise<T> {
    return startCall(
      parts.get(this),
      options,
      siteOf(method),
      () => {
        const json = encode(request);
        return (core, completions, text, isLogged) => core.call(completions, operation, json, text, isLogged);
      },
      read,
    );
  }

  /** @internal */
  protected override _pages<T>(
    operation: number,
    request: unknown,
    options: PagingOptions | undefined,
    readItem: (reader: Reader) => T,
    method: (...args: never) => unknown,
  ): Pages<T> {
    const site = siteOf(method);
    const { core, observer } = parts.get(this);
    const { text, signal } = attempt(() => callOptions(options), site);
    return attempt(() => {
      const query = encode(request);
      return new Pages(() => core.pages(operation, query, text), readItem, observer, signal);
    }, site);
  }
}

/** Returns the function that checks and sends the edits of a client. */
function prepareEdits(client: Parts): PrepareEdit {
  return (original, draft, verify, site) => {
    const edit = client.core.prepareEdit(original, draft, verify);
    return {
      changes: open(edit.changes()).any() as Change[],
      send: (options) =>
        startCall<undefined>(
          client,
          options,
          site,
          () => (core, completions, text, isLogged) => core.applyEdit(completions, edit, text, isLogged),
          undefined,
        ),
    };
  };
}

/** Encodes the arguments of a call, and returns a function that starts it. */
type Submit = () => (
  core: NativeCore,
  completions: NativeCompletions,
  options: string | undefined,
  isLogged: boolean,
) => number;

/** Starts a call. `read` reads the response; without it there is none. */
function startCall<T>(
  { core, observer }: Parts,
  options: CallOptions | undefined,
  site: Site,
  submit: Submit,
  read: ((reader: Reader) => T) | undefined,
): CallPromise<T> {
  return CallPromise.of((resolve, reject) => {
    const { text, signal } = attempt(() => callOptions(options), site);
    const begin = submit();
    // Last, because getters in the arguments may abort the signal.
    if (signal?.aborted === true) {
      reject(signal.reason);
      return undefined;
    }
    const active = observer.active();
    const pending: PendingCall = {
      resolve: (reader) => {
        resolve(reader === undefined || read === undefined ? (undefined as T) : read(reader));
      },
      reject,
      site,
      observer: active,
      signal,
    };
    start((completions) => attempt(() => begin(core, completions, text, active !== undefined), site), pending);
    return pending;
  });
}

function makeFromEnvironment(options: EnvironmentOptions, site: Site): Parts {
  const { others, variables } = attempt(() => inEnvironment(options), site);
  return make(others, variables, site, (text, given) => native.Core.fromEnvironment(text, given));
}

function make(
  options: SharedOptions,
  variables: Record<string, string>,
  site: Site,
  core: (options: string, environment: Record<string, string>) => NativeCore,
): Parts {
  const { text, observer } = attempt(() => clientOptions(options), site);
  return { core: attempt(() => core(text, variables), site), observer };
}
