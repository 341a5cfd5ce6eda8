/** Exact sums of the fees of tasks. */

import { isPromise } from 'node:util/types';

import { ConfigError, moveTo, siteOf, type Site } from './errors.js';
import { attempt } from './failures.js';
import { COST, FINAL_STATES, STATE, TOTALED, type GroupCallTask, type Totals } from './generated/responses.js';
import { Fee, FeeTotal } from './money.js';
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
  const fees = new Fees();
  return forEachTask(tasks, siteOf(totals), fees.add.bind(fees), () => fees.totals());
}

/**
 * Sums the fees of group-call tasks for each day of their `createdTime`, as `totals` does for all.
 *
 * A day is `yyyy-MM-dd`, as the service's clock shows it. The days are in order. Tasks without a time are under the empty name.
 *
 * ```ts
 * for (const [day, { taskSumPayFee }] of await totalsByDay(client.groupCalls(query))) {
 *   console.log(day, String(taskSumPayFee)); // 2024-05-01 91.740498(USD)
 * }
 * ```
 *
 * @throws {@link ConfigError} as `totals` does.
 */
export function totalsByDay(tasks: Iterable<GroupCallTask>): Map<string, Totals>;
export function totalsByDay(tasks: AsyncIterable<GroupCallTask>): Promise<Map<string, Totals>>;
export function totalsByDay(
  tasks: Iterable<GroupCallTask> | AsyncIterable<GroupCallTask>,
): Map<string, Totals> | Promise<Map<string, Totals>> {
  const days = new Map<string, Fees>();
  const add = (task: GroupCallTask): void => {
    const day = typeof task.createdTime === 'string' ? task.createdTime.slice(0, 10) : '';
    const fees = days.get(day) ?? new Fees();
    days.set(day, fees);
    fees.add(task);
  };
  const inOrder = (): [string, Fees][] => [...days].sort(([one], [other]) => (one < other ? -1 : 1));
  return forEachTask(
    tasks,
    siteOf(totalsByDay),
    add,
    () => new Map(inOrder().map(([day, fees]) => [day, fees.totals()])),
  );
}

/** Returns the cost of a task, `taskSumPayFee`; `undefined` if it is missing or cannot be parsed. */
export function costOf(task: GroupCallTask): Fee | undefined {
  return Fee.parse(task[COST]);
}

/** Returns whether the state of a task is final; false for an unknown state. */
export function isSettled(task: GroupCallTask): boolean {
  return FINAL_STATES.includes(task[STATE]);
}

/** Calls `add` with every task, and returns the result of `end`: a promise for an async iterable. */
function forEachTask<R>(
  tasks: Iterable<GroupCallTask> | AsyncIterable<GroupCallTask>,
  site: Site,
  add: (task: GroupCallTask) => void,
  end: () => R,
): R | Promise<R> {
  checkTasks(tasks, site);
  let count = 0;
  const addChecked = (task: GroupCallTask): void => {
    checkTask(task, count, site);
    count += 1;
    add(task);
  };
  if (Symbol.asyncIterator in tasks) {
    return (async () => {
      for await (const task of tasks) {
        addChecked(task);
      }
      return end();
    })();
  }
  for (const task of tasks) {
    addChecked(task);
  }
  return end();
}

/** The fees of many tasks, in a list for each field. */
class Fees {
  readonly #columns: unknown[][] = TOTALED.map(() => []);

  add(task: GroupCallTask): void {
    TOTALED.forEach((name, index) => {
      // A fee in `extra` had the wrong type: it counts as unreadable, not as missing.
      this.#columns[index]?.push(task[name] ?? (name in ((task.extra as Extra | undefined) ?? {}) ? false : null));
    });
  }

  totals(): Totals {
    return Object.fromEntries(
      TOTALED.map((name, index) => [name, total(this.#columns[index] ?? [])]),
    ) as unknown as Totals;
  }
}

/** Refuses a value that is not a list of tasks. */
export function checkTasks(tasks: unknown, site: Site): void {
  const misfit = misfitOf(tasks);
  if (misfit !== undefined) {
    throw moveTo(new ConfigError(misfit), site);
  }
}

/** Refuses an item that is not a task. */
export function checkTask(task: unknown, index: number, site: Site): void {
  const misfit = misfitOfItem(task, index);
  if (misfit !== undefined) {
    throw moveTo(new ConfigError(misfit), site);
  }
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
