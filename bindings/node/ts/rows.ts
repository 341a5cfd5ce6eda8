/** Rows: responses as flat records for tables and files. */

import { randomBytes } from 'node:crypto';
import { chmod, open as openFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { encode } from './encode.js';
import { ConfigError, siteOf, type Site } from './errors.js';
import { attempt } from './failures.js';
import { RESPONSE_NAMES, RESPONSE_READERS, type ResponseTypes } from './generated/responses.js';
import { REQUEST_NAMES } from './generated/requests.js';
import { native, type NativeRowEncoder } from './native.js';
import { itemReaderOf } from './pages.js';
import { open } from './reader.js';
import { checkTask, checkTasks } from './totals.js';
import type { ResponseName } from './values.js';

/** A response as one row of a table. A column without a value is `null`. */
export type Row = Record<string, string | number | bigint | boolean | null>;

/** A response of any type. */
type AnyResponse = ResponseTypes[ResponseName];

/** A stream to write to, such as one of `node:stream`. */
export interface OutputStream {
  write(bytes: Uint8Array, done: (error?: Error | null) => void): unknown;
  once(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
}

/** Options of an export. */
export interface ExportOptions {
  /** Called with the number of rows after every 100 rows, and at the end. */
  onProgress?: ((rows: number) => void) | undefined;
  /** The type of the items; by default that of the list or of its first item. */
  type?: ResponseName | undefined;
}

/** The type of an empty list. */
const TASK: ResponseName = 'GroupCallTask';

/** Bytes that are collected before they are written. */
const CHUNK = 64 * 1024;

/** Rows between two reports of the progress. */
const ROWS_PER_REPORT = 100;

/**
 * Returns a response as one row of a table: a flat object, with the same properties for all values of a type.
 *
 * - A column without a value is `null`. Unknown fields are left out.
 * - An enum is its name, such as `finished`. A number that this version does not know is text.
 * - A fee is two columns: the amount as a number, and the currency, such as `agentFeeCurrency`. Use `totals` for exact sums.
 * - A percentage is a number, and a duration is a number of seconds. Text that is not a number is `null`.
 * - A list is the number of its items, such as `nodeListCount`.
 *
 * ```ts
 * console.table((await client.groupCalls(query).toList()).map((task) => toRow(task)));
 * ```
 *
 * @param response - The response.
 * @param type - The type of the response. By default the one that fits; a task if that fits.
 * @throws {@link ConfigError} if `type` is required, or is not a type of responses.
 */
export function toRow(response: AnyResponse, type?: ResponseName): Row {
  const site = siteOf(toRow);
  return attempt(() => {
    const json = encode(response);
    return open(native.toRow(positionOf(type ?? inferredType(json)), json)).any() as Row;
  }, site);
}

/**
 * Writes the rows of tasks, or of other responses of one type, as CSV that Excel opens. Resolves with their number.
 *
 * - The columns are those of `toRow`. Amounts keep all digits. An empty list is written with the columns of a task.
 * - A text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return gets an apostrophe in front, so that a spreadsheet does
 *   not execute it.
 * - Memory use does not grow with the number of tasks.
 * - A file at a path is replaced when it is complete. After an error, the old file is still there.
 *
 * ```ts
 * await writeCsv(client.groupCalls(query), 'may.csv');
 * ```
 *
 * @param tasks - An iterable or async iterable, such as the result of `groupCalls`.
 * @param target - A path, a `file:` URL, or a stream, which stays open.
 * @throws {@link ConfigError} if `tasks` is not a list of responses, or its type is not known. The error of the list or of the
 *   file system is passed on.
 */
export function writeCsv(
  tasks: Iterable<AnyResponse> | AsyncIterable<AnyResponse>,
  target: string | URL | OutputStream,
  options: ExportOptions = {},
): Promise<number> {
  return write(tasks, target, true, options, siteOf(writeCsv));
}

/**
 * Writes the rows of tasks, or of other responses of one type, as JSON Lines. Resolves with their number.
 *
 * A line is a row of `toRow` as JSON. Everything else is as for {@link writeCsv}.
 */
export function writeJsonl(
  tasks: Iterable<AnyResponse> | AsyncIterable<AnyResponse>,
  target: string | URL | OutputStream,
  options: ExportOptions = {},
): Promise<number> {
  return write(tasks, target, false, options, siteOf(writeJsonl));
}

function positionOf(type: ResponseName): number {
  const position = RESPONSE_NAMES.indexOf(type);
  if (position < 0) {
    throw new ConfigError(`expected one of the types ${RESPONSE_NAMES.join(', ')}, got \`${type}\``);
  }
  return position;
}

/** Returns the type of responses that fits a value best: a task if that fits. */
function inferredType(json: string): ResponseName {
  const fitting = native.fittingTypes(json, true).map((index) => RESPONSE_NAMES[index - REQUEST_NAMES.length]);
  const names = fitting.filter((name) => name !== undefined);
  const [first] = names;
  if (names.includes(TASK) || first === undefined) {
    return TASK;
  }
  if (names.length > 1) {
    const list = names.map((name) => `\`${name}\``).join(', ');
    throw new ConfigError(`could not infer the type of the response, which may be ${list}; pass the name of its type`);
  }
  return first;
}

async function write(
  tasks: Iterable<AnyResponse> | AsyncIterable<AnyResponse>,
  target: string | URL | OutputStream,
  isCsv: boolean,
  { onProgress, type }: ExportOptions,
  site: Site,
): Promise<number> {
  checkTasks(tasks, site);
  const reader = itemReaderOf(tasks);
  const known = type ?? RESPONSE_NAMES.find((name) => RESPONSE_READERS[name] === reader);
  const newEncoder = (name: ResponseName): NativeRowEncoder =>
    attempt(() => new native.RowEncoder(positionOf(name), isCsv), site);
  return withOutput(target, async (put) => {
    let encoder = known === undefined ? undefined : newEncoder(known);
    let rows = 0;
    for await (const task of tasks) {
      checkTask(task, rows, site);
      const json = encode(task);
      encoder ??= newEncoder(attempt(() => inferredType(json), site));
      const { add } = encoder;
      if (attempt(() => add.call(encoder, json), site) >= CHUNK) {
        await put(encoder.take());
      }
      rows += 1;
      if (rows % ROWS_PER_REPORT === 0) {
        onProgress?.(rows);
      }
    }
    await put((encoder ?? newEncoder(TASK)).take());
    if (rows % ROWS_PER_REPORT !== 0 || rows === 0) {
      onProgress?.(rows);
    }
    return rows;
  });
}

/** Writes bytes to a target. */
type Put = (bytes: Uint8Array) => Promise<void>;

/** Runs `use` with a target. A file at a path is replaced after that, or stays if it fails. */
async function withOutput<R>(target: string | URL | OutputStream, use: (put: Put) => Promise<R>): Promise<R> {
  if (typeof target !== 'string' && !(target instanceof URL)) {
    return use((bytes) => writeToStream(target, bytes));
  }
  const given = typeof target === 'string' ? target : fileURLToPath(target);
  // The file behind a symbolic link is replaced, and not the link.
  const path = await realpath(given).catch(() => given);
  const old = await stat(path).catch(() => undefined);
  // Something like `/dev/stdout` cannot be replaced.
  const isReplaced = old?.isFile() ?? true;
  const temporary = isReplaced ? `${path}.${randomBytes(4).toString('hex')}.tmp` : path;
  const file = await openFile(temporary, isReplaced ? 'wx' : 'w');
  try {
    let result: R;
    try {
      if (isReplaced && old !== undefined) {
        await chmod(temporary, old.mode & 0o7777);
      }
      result = await use((bytes) => file.writeFile(bytes));
      if (isReplaced) {
        await file.sync();
      }
    } finally {
      await file.close();
    }
    if (isReplaced) {
      await rename(temporary, path);
    }
    return result;
  } catch (error) {
    if (isReplaced) {
      await rm(temporary, { force: true });
    }
    throw error;
  }
}

/** Writes to a stream, and waits until it has taken the bytes. */
function writeToStream(stream: OutputStream, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.write(bytes, (error) => {
      // The event of an error comes after this call, and needs its listener.
      if (error) {
        reject(error);
      } else {
        stream.off('error', reject);
        resolve();
      }
    });
  });
}
