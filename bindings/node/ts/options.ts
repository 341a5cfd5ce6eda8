/** The options of a client and of a call. */

import { fileURLToPath } from 'node:url';

import { encode } from './encode.js';
import { ConfigError } from './errors.js';

/** Takes what a client tells of its calls: `console`, or anything with some of its methods. */
export interface Logger {
  /** Each attempt and its outcome. */
  debug?(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** What is worth knowing. */
  info?(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** What went wrong and is tried again. */
  warn?(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** What went wrong. */
  error?(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** The options of a client that have a default. */
export interface SharedOptions {
  /**
   * Where the service is: `ITNIO`, `LAAFFIC`, `ONBUKA`, or any other URL with or without a path prefix. By default the
   * environment variable `RECALLFLOW_BASE_URL`, and without that `ITNIO`.
   */
  baseUrl?: string | undefined;
  /** Milliseconds that a call may take in all, its retries included; 30 000 by default. */
  timeout?: number | undefined;
  /** Milliseconds that one connection may take, TLS included; 5000 by default. */
  connectTimeout?: number | undefined;
  /**
   * Milliseconds that one attempt of a query may take; 10 000 by default. An update has the whole `timeout`, because it
   * must not be repeated for being slow.
   */
  attemptTimeout?: number | undefined;
  /**
   * Number of extra tries; 2 by default, 0 for none. A query whose connection turns out to be closed, as idle ones are now and
   * then, is sent on another one without counting.
   */
  maxRetries?: number | undefined;
  /** Size of the largest answer; 8 MiB by default. */
  maxResponseBytes?: number | undefined;
  /**
   * Whether requests are checked against the documented rules before they are sent; on by default. Without that, only what
   * has no form on the wire is refused: a field that is always required and missing, a value of a wrong type, a time that is
   * none, a property that is no field.
   */
  validate?: boolean | undefined;
  /**
   * The proxy to use, such as `http://proxy.example:3128`, with its credentials in the URL if it needs some; `false` for
   * none. By default that of the environment (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), except for loopback addresses.
   */
  proxy?: string | false | undefined;
  /** A PEM file with authorities to trust besides the built-in ones and those of the system. */
  caFile?: string | URL | undefined;
  /**
   * Permits `http://` for hosts other than this machine. The signature does not cover the body: whoever sits between can
   * change what an update does, and whom it calls.
   */
  dangerouslyAllowHttp?: boolean | undefined;
  /** Takes what the client tells of its calls, such as `console`. Nothing of it holds a body or a secret. */
  logger?: Logger | undefined;
}

/** The options of a client. */
export interface ClientOptions extends SharedOptions {
  /** The account's API key. */
  apiKey: string;
  /** The account's API secret. It is in no error, log or printed value. */
  apiSecret: string;
}

/** The options of a client of the environment. */
export interface EnvironmentOptions extends SharedOptions {
  /** The account's API key; by default the environment variable `RECALLFLOW_API_KEY`. */
  apiKey?: string | undefined;
  /**
   * The account's API secret; by default the environment variable `RECALLFLOW_API_SECRET`. It is in no error, log or
   * printed value.
   */
  apiSecret?: string | undefined;
}

/** The variables of the environment that stand in for key and secret. */
const VARIABLES = { apiKey: 'RECALLFLOW_API_KEY', apiSecret: 'RECALLFLOW_API_SECRET' } as const;

/** The options of one call. */
export interface CallOptions {
  /** Ends the call when it is aborted: the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Milliseconds that the whole call may take, pauses between its attempts included; by default the client's. */
  timeout?: number | undefined;
  /** How many more attempts the whole call may have after the first; by default the client's. */
  maxRetries?: number | undefined;
}

/** Whether it may hold options. Of a list, a `Map` or an `AbortSignal` nothing would be taken without a word. */
function isPlain(options: unknown): boolean {
  return Object.prototype.toString.call(options) === '[object Object]';
}

/** What the native module takes of a client's options, and what stays here. */
export function clientOptions(options: SharedOptions): { text: string; logger: Logger | undefined } {
  if (!isPlain(options)) {
    throw new ConfigError('the options of a client must be an object, such as `{ apiKey, apiSecret }`');
  }
  const { logger, caFile, ...rest } = options;
  if (logger !== undefined && (typeof logger !== 'object' || (logger as unknown) === null)) {
    throw new ConfigError('`logger` must be an object with some of the methods `debug`, `info`, `warn` and `error`');
  }
  return { text: encode({ ...rest, caFile: pathOf(caFile) }), logger };
}

function pathOf(file: string | URL | undefined): string | undefined {
  if (!(file instanceof URL)) {
    return file;
  }
  try {
    return fileURLToPath(file);
  } catch (error) {
    throw new ConfigError(`\`caFile\` is a URL of no file on this machine: ${String(error)}`);
  }
}

/** What the native module takes of a call's options, and what stays here. */
export function callOptions(options: CallOptions | undefined): {
  text: string | undefined;
  signal: AbortSignal | undefined;
} {
  if (options === undefined) {
    return { text: undefined, signal: undefined };
  }
  if (!isPlain(options)) {
    throw new ConfigError('the options of a call must be an object, such as `{ timeout: 5000 }`');
  }
  const { signal, ...rest } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new ConfigError('`signal` must be an AbortSignal, such as `AbortSignal.timeout(5000)`');
  }
  const text = encode(rest);
  return { text: text === '{}' ? undefined : text, signal };
}

/**
 * The other options, and the environment in which a key and a secret that are given stand in place of its own: the native
 * module takes them from there.
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

/** Refuses what would be told as a variable of the environment that is not set. The message shows no value. */
function credential(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '' || !value.isWellFormed()) {
    throw new ConfigError(`\`${name}\` must be a string that is not empty; leave it out for that of the environment`);
  }
  return value;
}

/** The variables of the environment that the native module may look for. */
export function environment(): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith('RECALLFLOW_') && value !== undefined) {
      variables[name] = value;
    }
  }
  return variables;
}
