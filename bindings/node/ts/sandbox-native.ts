/** Commands of the sandbox in the native module: JSON text in, JSON text out. */

import { parseExactly } from './bigints.js';
import { errorOf } from './failures.js';
import { jsonText } from './json.js';
import { native, type NativeSandbox } from './native.js';

/** What the sandbox replies. */
interface Reply {
  result?: unknown;
  error?: { kind: string; message: string; code: string | null };
}

/** Returns a sandbox that is not running. */
export function create(): NativeSandbox {
  return new native.Sandbox();
}

/**
 * Returns a command as text.
 *
 * @throws TypeError if an argument cannot be written as JSON.
 */
export function commandText(name: string, args?: object): string {
  return args === undefined ? JSON.stringify(name) : `{${JSON.stringify(name)}:${jsonText(args)}}`;
}

/** Executes a command beside the event loop, and returns its result or throws its error. */
export async function execute(sandbox: NativeSandbox, command: string): Promise<unknown> {
  return resultOf(await new Promise<string>((resolve) => sandbox.execute(command, resolve)));
}

/** Returns the result of a reply, or throws its error: a TypeError or RangeError for what the caller passed. */
export function resultOf(reply: string): unknown {
  const { result, error } = parseExactly(reply) as Reply;
  if (error === undefined) {
    return result;
  }
  const { kind, message, code } = error;
  if (kind === 'value') {
    throw new TypeError(message);
  }
  if (kind === 'refused') {
    throw errorOf(JSON.parse(native.describeRefusal(message)));
  }
  if (kind === 'range') {
    throw new RangeError(message);
  }
  throw Object.assign(new Error(message), code === null ? {} : { code });
}
