/** The options of a client and of a call. */

import { fileURLToPath } from 'node:url';

import { encode } from './encode.js';
import { ConfigError } from './errors.js';
import { Observer, type AttemptEvent } from './events.js';
import { PATH_OPTIONS, type CommonCallOptions, type CommonOptions, type CommonOverrides } from './generated/options.js';
import { LogWriter, type Logger } from './logging.js';
import { isSignal, isUrl } from './realms.js';

/** Options of a client that have a default. */
export interface SharedOptions extends CommonOptions {
  /** Logger for attempts and calls, such as `console` or `pino()`. Log records never hold a body or a secret. */
  logger?: Logger | undefined;
  /**
   * Function that receives the end of each attempt. An error of it does not fail the call, and the process warns of it once.
   * The channel `recallflow:attempt` of `node:diagnostics_channel` publishes the same events for all clients.
   */
  onAttempt?: ((event: AttemptEvent) => unknown) | undefined;
}

/** Options of `client.withOptions`. Those that are left out keep their value. */
export interface Overrides extends CommonOverrides {
  /** Logger for attempts and calls. Default: the client's. */
  logger?: Logger | undefined;
  /** Function that receives the end of each attempt. Default: the client's. */
  onAttempt?: SharedOptions['onAttempt'];
}

/** Options of `new Client`. */
export interface ClientOptions extends SharedOptions {
  /** The account's API key. */
  apiKey: string;
  /** The account's API secret. No error, log record or printed value contains it. */
  apiSecret: string;
}

/** Options of `Client.fromEnv`. */
export interface EnvironmentOptions extends SharedOptions {
  /** The account's API key; by default the environment variable `RECALLFLOW_API_KEY`. */
  apiKey?: string | undefined;
  /**
   * The account's API secret; by default the environment variable `RECALLFLOW_API_SECRET`. No error, log record or printed
   * value contains it.
   */
  apiSecret?: string | undefined;
}

/** The environment variables for key and secret. */
const VARIABLES = { apiKey: 'RECALLFLOW_API_KEY', apiSecret: 'RECALLFLOW_API_SECRET' } as const;

/** Options of one call. */
export interface CallOptions extends CommonCallOptions {
  /**
   * Aborts the call: its promise is rejected with the signal's reason. That of an update whose request was already written
   * is rejected with an `OutcomeUnknownError`, whose `cause` is the reason.
   */
  signal?: AbortSignal | undefined;
}

/** Options of a method that reads all pages of a list. */
export interface PagingOptions extends CallOptions {
  /** Number of pages to request at the same time, from 1 (the default) to 8. The items stay in order. */
  concurrency?: number | undefined;
  /** Whether the iteration ends with an `IncompleteError` if the list changed while it was read. False by default. */
  strict?: boolean | undefined;
}

/** Options of `Client.call`. */
export interface EndpointOptions extends CallOptions {
  /**
   * `'query'`, the default, if the endpoint only reads. The call may then be repeated after any failure that may be
   * temporary. `'update'` if it changes something. The call is then repeated only if it provably was not processed.
   */
  kind?: 'query' | 'update' | undefined;
}

/** Returns whether a value is a plain object. The properties of a list, a `Map` or an `AbortSignal` would be ignored. */
function isPlain(options: unknown): boolean {
  return Object.prototype.toString.call(options) === '[object Object]';
}

/** Splits the options of a client into the JSON for the native module and the receivers of log records. */
export function clientOptions(options: SharedOptions | Overrides): { text: string; observer: Observer } {
  if (!isPlain(options)) {
    throw new ConfigError('expected an object of client options, such as `{ apiKey, apiSecret }`');
  }
  const { logger, onAttempt, ...rest }: SharedOptions = options;
  if (logger !== undefined && (typeof logger !== 'object' || (logger as unknown) === null)) {
    throw new ConfigError(
      'expected an object with some of the methods `debug`, `info`, `warn` and `error` for `logger`',
    );
  }
  if (onAttempt !== undefined && typeof onAttempt !== 'function') {
    throw new ConfigError('expected a function for `onAttempt`');
  }
  const paths = PATH_OPTIONS.map((name) => [name, pathOf(name, rest[name])]);
  return {
    text: encode({ ...rest, ...Object.fromEntries(paths) }),
    observer: new Observer(logger === undefined ? undefined : new LogWriter(logger), onAttempt),
  };
}

/** Converts the URL of a file to its path. */
function pathOf(option: string, file: string | URL | undefined): string | undefined {
  if (!isUrl(file)) {
    return file;
  }
  try {
    return fileURLToPath(file);
  } catch (error) {
    throw new ConfigError(`could not use the URL \`${option}\` as a file: ${String(error)}`);
  }
}

/** Splits the options of `Client.call` into the kind of the endpoint and the options of any call. */
export function endpointOptions(options: EndpointOptions | undefined): {
  kind: string;
  others: CallOptions | undefined;
} {
  if (options === undefined || !isPlain(options)) {
    return { kind: 'query', others: options };
  }
  const { kind = 'query', ...others } = options;
  return { kind, others };
}

/** Splits the options of a call into the JSON for the native module and the signal. */
export function callOptions(options: CallOptions | undefined): {
  text: string | undefined;
  signal: AbortSignal | undefined;
} {
  if (options === undefined) {
    return { text: undefined, signal: undefined };
  }
  if (!isPlain(options)) {
    throw new ConfigError('expected an object of call options, such as `{ timeout: 5000 }`');
  }
  const { signal, ...rest } = options;
  if (signal !== undefined && !isSignal(signal)) {
    throw new ConfigError('expected an AbortSignal for `signal`, such as `AbortSignal.timeout(5000)`');
  }
  const text = encode(rest);
  return { text: text === '{}' ? undefined : text, signal };
}

/**
 * Splits the options of `fromEnv` into environment variables for key and secret, and the other options. A given key or
 * secret replaces its variable.
 */
export function inEnvironment(options: EnvironmentOptions): {
  others: SharedOptions;
  variables: Record<string, string>;
} {
  const { apiKey, apiSecret, ...others } = options;
  const variables = environment();
  for (const [name, value] of Object.entries({ apiKey, apiSecret }) as [keyof typeof VARIABLES, unknown][]) {
    if (value !== undefined) {
      variables[VARIABLES[name]] = credential(name, value);
    }
  }
  return { others, variables };
}

/** Refuses a value that would look like an unset variable. The message does not show it, because it is secret. */
function credential(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '' || !value.isWellFormed()) {
    throw new ConfigError(`expected a non-empty string for \`${name}\`; leave it out to use the environment variable`);
  }
  return value;
}

/** Refuses a name that is not a text, such as options in its place. */
export function checkProfileName(name: unknown): void {
  if (name !== undefined && (typeof name !== 'string' || name === '' || !name.isWellFormed())) {
    throw new ConfigError('expected the name of a profile as a string; leave it out to use the default one');
  }
}

/** Returns the environment variables that the native module may read. */
export function environment(): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith('RECALLFLOW_') && value !== undefined) {
      variables[name] = value;
    }
  }
  return variables;
}
