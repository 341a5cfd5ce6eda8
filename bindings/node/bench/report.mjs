/** The tables, and whether the project's targets hold. */

import { OURS } from './targets.mjs';

/** @typedef {import('./rounds.mjs').Measured} Measured */

/**
 * Prints requests: their rate, and what they cost this process.
 *
 * @param {string} title
 * @param {readonly Measured[]} rows
 */
export function printRequests(title, rows) {
  if (rows.length === 0) return;
  const ours = rows.find((row) => row.name === OURS);
  console.log(`\n${title}\n${columns('', 'requests/s', 'CPU µs each')}   ${OURS} is … times as fast`);
  for (const row of rows) {
    const times = ours ? spread(ours.fasterThan(row)) : '-';
    console.log(`${columns(row.name, spread(row.rate), spread(row.cpu, 1e6))}   ${times}`);
  }
}

/**
 * Prints how long something took.
 *
 * @param {string} title
 * @param {string} unit
 * @param {readonly Measured[]} rows
 * @param {(row: Measured) => import('./rounds.mjs').Spread} milliseconds In seconds, but shown in milliseconds.
 */
export function printTimes(title, unit, rows, milliseconds) {
  if (rows.length === 0) return;
  console.log(`\n${title}\n${columns('', unit)}`);
  for (const row of rows) console.log(columns(row.name, spread(milliseconds(row), 1e3)));
}

/**
 * Prints which targets hold.
 *
 * @param {readonly import('./targets.mjs').Target[]} targets
 */
export function printTargets(targets) {
  if (targets.length > 0) console.log('\ntargets');
  for (const { what, measured, bound } of targets) {
    console.log(
      `  ${measured >= bound ? 'holds ' : 'missed'}  ${what}: ${measured.toFixed(2)}, at least ${String(bound)}`,
    );
  }
}

/**
 * @param {string} name
 * @param {string[]} figures
 */
function columns(name, ...figures) {
  return `  ${name.padEnd(22)}${figures.map((figure) => figure.padStart(28)).join('')}`;
}

/**
 * The median, and the range of the middle half, with about three digits.
 *
 * @param {import('./rounds.mjs').Spread} values
 * @param {number} scale
 */
function spread({ low, median, high }, scale = 1) {
  const digits = median * scale < 10 ? 2 : median * scale < 100 ? 1 : 0;
  const [from, middle, to] = [low, median, high].map((value) =>
    (value * scale).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  return `${String(middle)} (${String(from)} to ${String(to)})`;
}
