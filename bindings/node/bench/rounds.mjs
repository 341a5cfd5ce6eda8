/** Runs contenders in turns, many short rounds, so that a noisy machine is as noisy for each of them. */

/**
 * Seconds that a batch should take: long enough for the scheduler to find a place for each thread, which decides more than a
 * client does, and short enough for many rounds.
 */
const BATCH = 0.5;

/** Seconds for which a contender runs before it is measured, until the engine has compiled what is worth it. */
const WARM_UP = 1;

/**
 * Something to measure.
 *
 * @typedef {object} Contender
 * @property {string} name
 * @property {(calls: number) => Promise<Cost>} cost Makes as many calls as it is told, and measures them.
 * @property {number} step What that number is a multiple of.
 */

/**
 * What a call of a batch took, in seconds.
 *
 * @typedef {object} Cost
 * @property {number} wall
 * @property {number} cpu Processor time of this process, in all its threads.
 * @property {number} [turn] The longest turn of the event loop in the batch, if that was measured.
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

  /** Seconds of the longest turn of the event loop. */
  get turn() {
    return spread(this.#each((cost) => cost.turn ?? NaN));
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
 * Measures contenders.
 *
 * @param {readonly Contender[]} contenders
 * @param {import('./options.mjs').Options} options
 */
export async function measure(contenders, options) {
  const entries = [];
  for (const contender of contenders) entries.push(await calibrate(contender));
  for (let at = 0; at < options.rounds; at += 1) {
    // Each goes first as often as any other, because what ran before leaves the caches as it likes.
    for (const [turn] of entries.entries()) {
      const entry = entries[(at + turn) % entries.length];
      if (entry) entry.measured.costs.set(at, await entry.contender.cost(entry.calls));
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
  let { wall } = await contender.cost(calls);
  for (let spent = wall * calls; wall * calls < BATCH || spent < WARM_UP; spent += wall * calls) {
    if (wall * calls < BATCH) calls *= 2;
    ({ wall } = await contender.cost(calls));
  }
  return { contender, calls, measured: new Measured(contender.name) };
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
