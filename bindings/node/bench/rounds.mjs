/** Runs contenders in turns, many short rounds, so that a noisy machine is as noisy for each of them. */

import { cpuUsage } from 'node:process';

/** Seconds that a batch should take: long enough for the clocks, short enough for many rounds. */
const BATCH = 0.04;

/** Seconds for each round that a slow contender may take: if its smallest batch takes longer, it skips rounds. */
const SLOW = 4 * BATCH;

/**
 * Something to measure.
 *
 * @typedef {object} Contender
 * @property {string} name
 * @property {(calls: number) => Promise<void>} batch Makes as many calls as it is told.
 * @property {number} step What that number is a multiple of.
 */

/**
 * What a call of a batch took, in seconds.
 *
 * @typedef {object} Cost
 * @property {number} wall
 * @property {number} cpu Processor time of this process, in all its threads.
 */

/**
 * A median, and the range in which the middle half lies.
 *
 * @typedef {object} Spread
 * @property {number} low
 * @property {number} median
 * @property {number} high
 */

/**
 * A contender, and how it takes part.
 *
 * @typedef {object} Entry
 * @property {Contender} contender
 * @property {number} calls Calls of a batch.
 * @property {number} every It runs in one of so many rounds.
 * @property {Measured} measured
 */

/** What a contender took in the rounds in which it ran. */
export class Measured {
  /** @type {Map<number, Cost>} */
  costs = new Map();

  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }

  /** Seconds of a call. */
  get wall() {
    return spread(this.#each((cost) => cost.wall));
  }

  /** Calls in a second. */
  get rate() {
    return spread(this.#each((cost) => 1 / cost.wall));
  }

  /** Seconds of processor time of a call. */
  get cpu() {
    return spread(this.#each((cost) => cost.cpu));
  }

  /**
   * How many times as many calls this one makes, in the rounds in which both ran.
   *
   * @param {Measured} other
   */
  fasterThan(other) {
    return this.#beside(other, (ours, theirs) => theirs.wall / ours.wall);
  }

  /**
   * How many more seconds a call takes, in the rounds in which both ran.
   *
   * @param {Measured} other
   */
  longerThan(other) {
    return this.#beside(other, (ours, theirs) => ours.wall - theirs.wall);
  }

  /** @param {(cost: Cost) => number} value */
  #each(value) {
    return [...this.costs.values()].map(value);
  }

  /**
   * @param {Measured} other
   * @param {(ours: Cost, theirs: Cost) => number} compare
   */
  #beside(other, compare) {
    return spread(
      [...this.costs].flatMap(([at, ours]) => {
        const theirs = other.costs.get(at);
        return theirs ? [compare(ours, theirs)] : [];
      }),
    );
  }
}

/**
 * A contender that is called again and again.
 *
 * @param {string} name
 * @param {() => Promise<void>} call
 * @returns {Contender}
 */
export function repeat(name, call) {
  return {
    name,
    step: 1,
    async batch(calls) {
      for (let made = 0; made < calls; made += 1) await call();
    },
  };
}

/**
 * A contender whose calls are shared among as many as may be in flight.
 *
 * @param {string} name
 * @param {number} inFlight
 * @param {() => Promise<void>} call
 * @returns {Contender}
 */
export function share(name, inFlight, call) {
  const { batch } = repeat(name, call);
  return {
    name,
    step: inFlight,
    async batch(calls) {
      await Promise.all(Array.from({ length: inFlight }, () => batch(calls / inFlight)));
    },
  };
}

/**
 * Measures those contenders that the options do not leave out.
 *
 * @param {readonly Contender[]} contenders
 * @param {import('./options.mjs').Options} options
 * @param {(contender: Contender, calls: number) => Promise<Cost>} gauge What is measured of a batch.
 */
export async function measure(contenders, options, gauge = cost) {
  const entries = [];
  for (const contender of contenders) {
    if (options.only.length === 0 || options.only.includes(contender.name)) entries.push(await calibrate(contender));
  }
  for (let at = 0; at < options.rounds; at += 1) {
    // Each goes first as often as any other, because what ran before leaves the caches as it likes.
    for (const [turn] of entries.entries()) {
      const entry = entries[(at + turn) % entries.length];
      if (entry && at % entry.every === 0) entry.measured.costs.set(at, await gauge(entry.contender, entry.calls));
    }
  }
  return entries.map((entry) => entry.measured);
}

/**
 * Finds out how many calls a batch has; the first calls, which open connections and are compiled, do not count.
 *
 * @param {Contender} contender
 * @returns {Promise<Entry>}
 */
async function calibrate(contender) {
  let calls = contender.step;
  await contender.batch(calls);
  let wall = calls * (await cost(contender, calls)).wall;
  while (wall < BATCH) {
    calls *= 2;
    wall = calls * (await cost(contender, calls)).wall;
  }
  const every = calls === contender.step ? Math.max(1, Math.round(wall / SLOW)) : 1;
  return { contender, calls, every, measured: new Measured(contender.name) };
}

/**
 * Runs a batch.
 *
 * @param {Contender} contender
 * @param {number} calls
 * @returns {Promise<Cost>}
 */
export async function cost(contender, calls) {
  collect();
  const [wall, cpu] = [performance.now(), cpuUsage()];
  await contender.batch(calls);
  const { user, system } = cpuUsage(cpu);
  return { wall: (performance.now() - wall) / 1e3 / calls, cpu: (user + system) / 1e6 / calls };
}

/**
 * What one contender leaves behind is not to be collected at the expense of the next. No more than that: a full collection
 * would make the engine forget what it has learned of the shapes of objects, and compile again in every batch.
 */
export function collect() {
  globalThis.gc?.({ type: 'minor' });
}

/**
 * The spread of some values, at least one.
 *
 * @param {number[]} values
 * @returns {Spread}
 */
function spread(values) {
  const ordered = values.sort((one, other) => one - other);
  /** @param {number} quarters */
  const at = (quarters) => ordered[Math.floor(((ordered.length - 1) * quarters) / 4)] ?? NaN;
  return { low: at(1), median: at(2), high: at(3) };
}
