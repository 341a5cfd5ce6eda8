/** Amounts of money as the service writes them. */

import { isPromise } from 'node:util/types';

import { ConfigError, moveTo, siteOf } from './errors.js';
import { TOTALED, type GroupCallTask, type Totals } from './generated/responses.js';
import { attempt, native, open } from './native.js';
import type { Extra } from './reader.js';

/** An amount of money with its currency. */
export class Fee {
  /** How much, in plain decimal notation with the digits that it was written with: numbers would round it. */
  readonly amount: string;
  /** The name in parentheses; undefined if there was none. */
  readonly currency: string | undefined;

  constructor(amount: string, currency?: string) {
    this.amount = amount;
    this.currency = currency;
  }

  /**
   * Reads an amount with or without a currency in parentheses, such as `0.034827(USD)` and `0.125000`.
   *
   * Undefined if it is not one: anything but plain decimal notation of at most 28 significant digits, or no text at all, so
   * that a field can be given as it is.
   */
  static parse(text: string | null | undefined): Fee | undefined {
    const found = typeof text === 'string' ? native.parseFee(text) : null;
    return found === null ? undefined : new Fee(found.amount, found.currency ?? undefined);
  }

  /** What the service writes: `0.034827(USD)`. */
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
  /** Number of fees that could not be read or added, and are in no sum. */
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
   * The sum in one currency as decimal text, `0` if there was no such fee.
   *
   * @param currency - The currency as the service writes it, such as `'USD'`, or undefined for the fees without one.
   */
  amount(currency: string | undefined): string {
    return this.#sum(currency ?? '');
  }

  #sum(currency: string): string {
    return Object.hasOwn(this.amounts, currency) ? (this.amounts[currency] ?? '0') : '0';
  }
}

/**
 * Sums the fees of group-call tasks exactly, each fee by currency, and counts what could not be read.
 *
 * It reads the tasks once, so that they may come straight from `groupCalls`.
 *
 * ```ts
 * const { taskSumPayFee } = await totals(client.groupCalls(query));
 * taskSumPayFee.amount('USD'); // '91.740498'
 * ```
 *
 * @throws {@link ConfigError} if it is given something else, such as a page in place of its `records`, or a list with
 *   something else in it. Of an async iterable, the promise is rejected with the latter.
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
      // What is there but is no text did not fit the field.
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

/** What is wrong with what is no list of tasks, and what to do about it. */
function misfitOf(tasks: unknown): string | undefined {
  const holder = Object(tasks) as object;
  if (typeof tasks !== 'string' && (Symbol.iterator in holder || Symbol.asyncIterator in holder)) {
    return undefined;
  }
  const remedy = isPromise(tasks)
    ? '; an `await` is missing'
    : 'records' in holder
      ? '; give the `records` of a page'
      : ', such as the `records` of a page or what `groupCalls` returns';
  return `\`tasks\` must be a list of tasks${remedy}`;
}

/** What is wrong with what is no task at this place of the list, and what to do about it. */
function misfitOfItem(item: unknown, index: number): string | undefined {
  if (typeof item === 'object' && item !== null && !Array.isArray(item) && !isPromise(item)) {
    return undefined;
  }
  const kind = Array.isArray(item) ? 'an array' : isPromise(item) ? 'a promise' : nameOf(item);
  const remedy = isPromise(item) ? 'an `await` is missing' : 'give each as `queryGroupCalls` or `groupCalls` read it';
  return `\`tasks[${index}]\` must be a task, but is ${kind}; ${remedy}`;
}

/** How a message calls what is no object. */
function nameOf(value: unknown): string {
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
