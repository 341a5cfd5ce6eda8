/** How long the event loop is held up while pages are read, so that nothing else of the process gets its turn. */

import * as processes from './processes.mjs';
import * as report from './report.mjs';

/**
 * Measures the longest turn of the loop in a batch; there is no target.
 *
 * @param {string} baseUrl
 * @param {import('./options.mjs').Options} options
 * @returns {Promise<import('./targets.mjs').Target[]>}
 */
export async function measure(baseUrl, options) {
  for (const { title, inFlight } of [
    { title: 'one at a time', inFlight: 1 },
    { title: '64 in flight', inFlight: 64 },
  ]) {
    const rows = await processes.measure({ baseUrl, call: 'page', inFlight, measure: 'longestTurn' }, options);
    report.printTimes(`page of 100 records, ${title}: longest turn of the event loop`, 'ms', rows, (row) => row.turn);
  }
  return [];
}
