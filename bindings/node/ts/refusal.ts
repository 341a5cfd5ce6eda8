/** What a sandbox cannot do as it is told: errors of JavaScript's own kinds, since no call failed. */

import { inspect } from 'node:util';

import { moveTo, type Site } from './errors.js';

/** The error of its own kind for what the native module or a check of an argument throws. */
export function refusal(thrown: unknown): Error {
  if (thrown instanceof TypeError || thrown instanceof RangeError) {
    return thrown;
  }
  // Where test runners give modules a realm of their own, errors of the native module are of another one.
  const { message = String(thrown), code } = thrown as { message?: string; code?: string };
  if (code === 'InvalidArg') {
    return new TypeError(message);
  }
  const [, system] = /^(E[A-Z]+): /.exec(message) ?? [];
  return system === undefined ? new Error(message) : Object.assign(new Error(message), { code: system });
}

/** The same with the stack of who called. */
export function refusalAt(site: Site, thrown: unknown): Error {
  const error = refusal(thrown);
  moveTo(error, site);
  return error;
}

/** A name as text, so that the native module can tell of what is none. */
export function shown(name: unknown): string {
  return typeof name === 'string' ? name : inspect(name);
}

/** A whole number from 0 on, which the native module would narrow without a word. */
export function whole(name: string, value: number, most = 0xffff_ffff): number {
  if (typeof value !== 'number') {
    throw new TypeError(`\`${name}\` must be a whole number, but is a ${typeof value}`);
  }
  if (!Number.isInteger(value) || value < 0 || value > most) {
    throw new RangeError(`\`${name}\` must be a whole number from 0 to ${most}, but is ${value}`);
  }
  return value;
}

/** The longest time that there is: that between the start of Unix time and the last moment that a `Date` can tell. */
const LONGEST = 8.64e15;

/** A number of milliseconds. */
export function milliseconds(name: string, value: number, least = 0, most = LONGEST): number {
  if (typeof value !== 'number') {
    throw new TypeError(`\`${name}\` must be a number of milliseconds, but is a ${typeof value}`);
  }
  if (!(value >= least && value <= most)) {
    throw new RangeError(`\`${name}\` must be a number of milliseconds from ${least} to ${most}, but is ${value}`);
  }
  return value;
}

/** The same, which may be negative, in whole seconds. */
export function seconds(name: string, value: number): number {
  return Math.round(milliseconds(name, value, -LONGEST) / 1000);
}
