/** The client. */

/// <reference lib="esnext.disposable" preserve="true" />

import { start } from './completions.js';
import { encode } from './encode.js';
import { siteOf, type Site } from './errors.js';
import { Operations } from './generated/operations.js';
import { attempt, native, type NativeCore } from './native.js';
import { callOptions, clientOptions, environment, inEnvironment } from './options.js';
import type { CallOptions, ClientOptions, EnvironmentOptions, Logger, SharedOptions } from './options.js';
import { Pages } from './pages.js';
import type { Reader } from './reader.js';

/** What a client is made of; nothing that prints or copies a client reaches it. */
interface Parts {
  core: NativeCore;
  logger: Logger | undefined;
}

/**
 * Among the options of a client, says that key and secret come from the environment unless they are given, and where
 * somebody asked for that. It survives what the constructor of a derived class makes of the options.
 */
const FROM_ENVIRONMENT = Symbol('from the environment');

/**
 * The client of the voice API.
 *
 * It signs every request, refuses an invalid one before a byte is sent, repeats a call only where that can do no harm, and
 * rejects with a `RecallFlowError` whatever goes wrong. It may be used for any number of calls at the same time. It opens
 * connections when it is first used, and a process ends without closing it.
 *
 * ```ts
 * import { Client, ITNIO } from 'recallflow';
 *
 * const client = new Client({ apiKey: 'key', apiSecret: 'secret', baseUrl: ITNIO });
 * const detail = await client.queryRecallFlowDetail(299);
 * ```
 */
export class Client extends Operations {
  readonly #parts: Parts;

  /**
   * Makes a client. It connects when it is first used.
   *
   * @throws {@link ConfigError} if an option is wrong; the error names it.
   */
  constructor(options: ClientOptions) {
    super();
    const site = (options as { [FROM_ENVIRONMENT]?: Site } | undefined)?.[FROM_ENVIRONMENT];
    this.#parts =
      site === undefined
        ? make(options, environment(), siteOf(new.target), (text, variables) => new native.Core(text, variables))
        : makeFromEnvironment(options, site);
  }

  /**
   * Makes a client with `RECALLFLOW_API_KEY` and `RECALLFLOW_API_SECRET` of the environment. An `apiKey` or `apiSecret`
   * among the options wins over its variable, which need not be there then.
   *
   * @throws {@link ConfigError} if the key or the secret is missing, or an option is wrong.
   */
  static fromEnv<T extends Client = Client>(
    this: new (options: ClientOptions) => T,
    options: EnvironmentOptions = {},
  ): T {
    const site = siteOf(Client.fromEnv);
    // What is no object would be one once it is copied.
    attempt(() => clientOptions(options), site);
    return new this({ ...options, [FROM_ENVIRONMENT]: site } as unknown as ClientOptions);
  }

  /** Where the service is. */
  get baseUrl(): string {
    return this.#parts.core.baseUrl;
  }

  /** Milliseconds that a call may take in all, unless it says otherwise. */
  get timeout(): number {
    return this.#parts.core.timeout;
  }

  /** Number of extra tries of a call, unless it says otherwise. */
  get maxRetries(): number {
    return this.#parts.core.maxRetries;
  }

  /** Drops the connections. Calls that are under way go on; later ones fail with a `ConfigError`. */
  close(): void {
    this.#parts.core.close();
  }

  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** What is shown of the client: nothing that is secret. */
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
  ): Promise<T> {
    const site = siteOf(method);
    const { core, logger } = this.#parts;
    return new Promise((resolve, reject) => {
      const { text, signal } = attempt(() => callOptions(options), site);
      const json = encode(request);
      // What was given may have getters, which may do anything, so this comes last.
      if (signal?.aborted === true) {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is whatever the signal says
        reject(signal.reason);
        return;
      }
      start((completions) => attempt(() => core.call(completions, operation, json, text, logger !== undefined), site), {
        resolve: (reader) => {
          resolve(reader === undefined || read === undefined ? (undefined as T) : read(reader));
        },
        reject,
        site,
        logger,
        signal,
      });
    });
  }

  /** @internal */
  protected override _pages<T>(
    operation: number,
    request: unknown,
    options: CallOptions | undefined,
    readItem: (reader: Reader) => T,
    method: (...args: never) => unknown,
  ): Pages<T> {
    const site = siteOf(method);
    const { core, logger } = this.#parts;
    const { text, signal } = attempt(() => callOptions(options), site);
    const reader = attempt(() => core.pages(operation, encode(request), text), site);
    return new Pages(reader, readItem, logger, signal);
  }
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
  const { text, logger } = attempt(() => clientOptions(options), site);
  return { core: attempt(() => core(text, variables), site), logger };
}
