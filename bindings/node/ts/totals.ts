/** Exact sums of the fees of tasks. */

import { isPromise } from 'node:util/types';

import { ConfigError, moveTo, siteOf } from './errors.js';
import { attempt } from './failures.js';
import { TOTALED, type GroupCallTask, type Totals } from './generated/responses.js';
import { FeeTotal } from './money.js';
import { native } from './native.js';
import { open, type Extra } from './reader.js';

/**
 * Sums each fee of group-call tasks by currency, exactly, and counts the fees that could not be parsed.
 *
 * It iterates once, because `tasks` may be the result of `groupCalls`.
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
