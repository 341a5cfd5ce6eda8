/** Bounds that the project has set itself. */

export const OURS = 'recallflow';

/**
 * A bound, and what was measured.
 *
 * @typedef {object} Target
 * @property {string} what
 * @property {number} measured
 * @property {number} bound What it should be at least.
 */

/**
 * How many times as many calls recallflow makes than others, of those that ran.
 *
 * @param {string} title
 * @param {readonly import('./rounds.mjs').Measured[]} rows
 * @param {Readonly<Record<string, number>>} bounds
 * @returns {Target[]}
 */
export function timesAsFast(title, rows, bounds) {
  const ours = rows.find((row) => row.name === OURS);
  return rows.flatMap((row) => {
    const bound = bounds[row.name];
    if (ours === undefined || bound === undefined) return [];
    return [{ what: `rate beside ${row.name}, ${title}`, measured: ours.fasterThan(row).median, bound }];
  });
}
