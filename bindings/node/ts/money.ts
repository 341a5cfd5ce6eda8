/** Fees, and exact sums of them. */

import { isPromise } from 'node:util/types';

import { ConfigError, moveTo, siteOf } from './errors.js';
import { attempt } from './failures.js';
import { TOTALED, type GroupCallTask, type Totals } from './generated/responses.js';
import { native } from './native.js';
import { open, type Extra } from './reader.js';

/** An amount of money with its currency. */
export class Fee {
  /** The amount as decimal text with all its digits, because a number would round it. */
  readonly amount: string;
  /** The currency in parentheses, if there is one. */
  readonly currency: string | undefined;

  constructor(amount: string, currency?: string) {
    this.amount = amount;
    this.currency = currency;
  }

  /**
   * Parses an amount with or without a currency in parentheses, such as `0.034827(USD)` and `0.125000`.
   *
   * Returns `undefined` if the text is absent, or is not plain decimal notation with at most 28 significant digits, or 29 that
   * fit 96 bits.
   */
  static parse(text: string | null | undefined): Fee | undefined {
    const found = typeof text === 'string' ? native.parseFee(text) : null;
    return found === null ? undefined : new Fee(found.amount, found.currency ?? undefined);
  }

  /** Returns the text of the service, such as `0.034827(USD)`. */
  toString(): string {
    return this.currency === undefined ? this.amount : `${this.amount}(${this.currency})`;
  }
}

/** The sum of one kind of fee over many tasks. */
export class FeeTotal {
  /** Sums by currency as decimal text; fees without a currency are under the empty name. */
  readonly amounts: Readonly<Record<string, string>>;
  /** Number of fees that were added. */
  readonly counted: number;
  /** Number of fees that could not be parsed or added. */
  readonly unreadable: number;
  /** Number of tasks without this fee. */
  readonly missing: number;

  constructor(amounts: Readonly<Record<string, string>>, counted = 0, unreadable = 0, missing = 0) {
    this.amounts = amounts;
    this.counted = counted;
    this.unreadable = unreadable;
    this.missing = missing;
  }

  /**
   * Returns the sum in one currency as decimal text; `0` without such fees.
   *
   * @param currency - The currency as the service writes it, such as `'USD'`; `undefined` for fees without one.
   */
  amount(currency: string | undefined): string {
    const name = currency ?? '';
    return Object.hasOwn(this.amounts, name) ? (this.amounts[name] ?? '0') : '0';
  }
}

/**
 * Sums each fee of group-call tasks by currency, exactly, and counts the fees that could not be parsed.
 *
 * It iterates once, so that `tasks` may be the result of `groupCalls`.
 *
 * ```ts
 * const { taskSumPayFee } = await totals(client.groupCalls(query));
 * taskSumPayFee.amount('USD'); // '91.740498'
 * ```
 *
 * @throws {@link ConfigError} if `tasks` is not a list of tasks. The promise for an async iterable is rejected with it if an
 *   item is not a task.
 */
export function totals(tasks: Iterable<GroupCallTask>): Totals;
export function totals(tasks: AsyncIterable<GroupCallTask>): Promise<Totals>;
export function totals(tasks: Iterable<GroupCallTask> | AsyncIterable<GroupCallTask>): Totals | Promise<Totals> {
  const site = siteOf(totals);
  const misfit = misfitOf(tasks);
  if (misfit !== undefined) {
    throw moveTo(new ConfigError(misfit), site);
  }
  const columns: unknown[][] = TOTALED.map(() => []);
  let count = 0;
  const add = (task: GroupCallTask): void => {
    const itemMisfit = misfitOfItem(task, count);
    if (itemMisfit !== undefined) {
      throw moveTo(new ConfigError(itemMisfit), site);
    }
    count += 1;
    TOTALED.forEach((name, index) => {
      // A fee in `extra` had the wrong type: it counts as unreadable, not as missing.
      columns[index]?.push(task[name] ?? (name in ((task.extra as Extra | undefined) ?? {}) ? false : null));
    });
  };
  if (Symbol.asyncIterator in tasks) {
    return (async () => {
      for await (const task of tasks) {
        add(task);
      }
      return summed(columns);
    })();
  }
  for (const task of tasks) {
    add(task);
  }
  return summed(columns);
}

/** Returns the message for a value that is not a list of tasks. */
function misfitOf(tasks: unknown): string | undefined {
  const holder = Object(tasks) as object;
  if (typeof tasks !== 'string' && (Symbol.iterator in holder || Symbol.asyncIterator in holder)) {
    return undefined;
  }
  const remedy = isPromise(tasks)
    ? '; add the missing `await`'
    : 'records' in holder
      ? '; pass the `records` of the page'
      : ', such as the `records` of a page or the result of `groupCalls`';
  return `expected a list of tasks${remedy}`;
}

/** Returns the message for an item that is not a task. */
function misfitOfItem(item: unknown, index: number): string | undefined {
  if (typeof item === 'object' && item !== null && !Array.isArray(item) && !isPromise(item)) {
    return undefined;
  }
  const kind = Array.isArray(item) ? 'an array' : isPromise(item) ? 'a promise' : kindOf(item);
  const remedy = isPromise(item)
    ? 'add the missing `await`'
    : 'pass tasks as `queryGroupCalls` or `groupCalls` return them';
  return `expected a task at \`tasks[${index}]\`, got ${kind}; ${remedy}`;
}

/** Returns the kind of a value that is not an object. */
function kindOf(value: unknown): string {
  return value === null || value === undefined ? String(value) : `a ${typeof value}`;
}

function summed(columns: readonly unknown[][]): Totals {
  return Object.fromEntries(TOTALED.map((name, index) => [name, total(columns[index] ?? [])])) as unknown as Totals;
}

function total(fees: readonly unknown[]): FeeTotal {
  const isReadable = (fee: unknown): boolean => fee === null || (typeof fee === 'string' && fee.isWellFormed());
  const texts = JSON.stringify(fees.map((fee) => isReadable(fee) && fee));
  const sum = attempt(() => open(native.totalFees(texts)).any(), siteOf(totals)) as {
    amounts: [string | null, string][];
    counted: number;
    unreadable: number;
    missing: number;
  };
  const amounts = Object.fromEntries(sum.amounts.map(([currency, amount]) => [currency ?? '', amount]));
  return new FeeTotal(amounts, sum.counted, sum.unreadable, sum.missing);
}
