/** The options of a client and of a call. */

import { fileURLToPath } from 'node:url';

import { encode } from './encode.js';
import { ConfigError } from './errors.js';
import { LogWriter } from './logging.js';
import { isSignal, isUrl } from './realms.js';

/**
 * A logger: `console`, one of winston, or any object with some of these methods. The loggers of pino and bunyan, whose
 * methods take the fields before the message, are called in that way.
 */
export interface Logger {
  /** Every attempt and its result. */
  debug?(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** Events worth knowing. */
  info?(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** Failed attempts that are retried. */
  warn?(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** Failed calls. */
  error?(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** Options of a client that have a default. */
export interface SharedOptions {
  /**
   * Base URL of the service: `ITNIO`, `LAAFFIC`, `ONBUKA`, or another URL, which may have a path prefix. By default the
   * environment variable `RECALLFLOW_BASE_URL`, or else `ITNIO`.
   */
  baseUrl?: string | undefined;
  /** Timeout of a whole call with its retries, in milliseconds; 30 000 by default. */
  timeout?: number | undefined;
  /** Timeout of a connection including TLS, in milliseconds; 5000 by default. */
  connectTimeout?: number | undefined;
  /**
   * Maximum time of an attempt of a query without progress, in milliseconds; 10 000 by default. An attempt makes progress when
   * it is connected, and with each piece of the request or the response. An update may use the whole `timeout`, because a slow
   * update must not be sent again.
   */
  attemptTimeout?: number | undefined;
  /**
   * Number of retries after the first attempt; 2 by default. A query whose idle connection was closed by the server is sent
   * again on a new one, which does not count.
   *
   * The retry budget of the client limits them further: 500 tokens, of which a retry takes 14, or 5 after a rate limit. A
   * success returns the tokens of its call, or 1. The message of an error says when a retry was withheld.
   */
  maxRetries?: number | undefined;
  /**
   * Maximum number of connections in use at the same time; 100 by default. Further calls wait in order, within their `timeout`.
   */
  maxConnections?: number | undefined;
  /** Maximum size of a response in bytes; 8 MiB by default. */
  maxResponseBytes?: number | undefined;
  /**
   * Whether requests are validated against the documented rules before they are sent; on by default. Without it, only
   * requests that cannot be written are refused: a required field is missing, a value has the wrong type, or a property is
   * unknown.
   */
  validate?: boolean | undefined;
  /**
   * URL of a proxy, such as `http://user:password@proxy.example:3128`, or `false` for none. By default the proxy of the
   * environment (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), except for loopback addresses.
   */
  proxy?: string | false | undefined;
  /**
   * PEM file with certificates to trust in addition to the built-in ones and those of the system: of certificate authorities,
   * or of servers.
   */
  caFile?: string | URL | undefined;
  /** PEM file with a client certificate, its chain and its unencrypted private key, for servers that require one. */
  clientCertificate?: string | URL | undefined;
  /**
   * Permits `http://` for other hosts than this machine. The signature does not cover the body: a machine in between can
   * change an update, and the numbers that are called.
   */
  dangerouslyAllowHttp?: boolean | undefined;
  /** Logger for attempts and calls, such as `console` or `pino()`. Log records never hold a body or a secret. */
  logger?: Logger | undefined;
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
export interface CallOptions {
  /**
   * Aborts the call: its promise is rejected with the signal's reason. That of an update whose request was already written
   * is rejected with an `OutcomeUnknownError`, whose `cause` is the reason.
   */
  signal?: AbortSignal | undefined;
  /** Timeout of the whole call with its retries, in milliseconds; by default the client's. */
  timeout?: number | undefined;
  /** Number of retries after the first attempt; by default the client's. */
  maxRetries?: number | undefined;
}

/** Returns whether a value is a plain object. The properties of a list, a `Map` or an `AbortSignal` would be ignored. */
function isPlain(options: unknown): boolean {
  return Object.prototype.toString.call(options) === '[object Object]';
}

/** Splits the options of a client into the JSON for the native module and the logger. */
export function clientOptions(options: SharedOptions): { text: string; logger: LogWriter | undefined } {
  if (!isPlain(options)) {
    throw new ConfigError('expected an object of client options, such as `{ apiKey, apiSecret }`');
  }
  const { logger, caFile, clientCertificate, ...rest } = options;
  if (logger !== undefined && (typeof logger !== 'object' || (logger as unknown) === null)) {
    throw new ConfigError(
      'expected an object with some of the methods `debug`, `info`, `warn` and `error` for `logger`',
    );
  }
  const files = { caFile: pathOf('caFile', caFile), clientCertificate: pathOf('clientCertificate', clientCertificate) };
  return { text: encode({ ...rest, ...files }), logger: logger === undefined ? undefined : new LogWriter(logger) };
}

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
