/** How long the event loop is held up while pages are read, so that nothing else of the process gets its turn. */

import { clients } from './clients/all.mjs';
import * as report from './report.mjs';
import * as rounds from './rounds.mjs';

const IN_FLIGHT = 64;

/**
 * Measures the longest turn of the loop in a batch; there is no target.
 *
 * @param {string} baseUrl
 * @param {import('./options.mjs').Options} options
 * @returns {Promise<import('./targets.mjs').Target[]>}
 */
export async function measure(baseUrl, options) {
  const all = [...clients(baseUrl, IN_FLIGHT)];
  for (const { title, contenders } of [
    { title: 'one at a time', contenders: all.map(([name, api]) => rounds.repeat(name, api.page)) },
    { title: '64 in flight', contenders: all.map(([name, api]) => rounds.share(name, IN_FLIGHT, api.page)) },
  ]) {
    const rows = await rounds.measure(contenders, options, longestTurn);
    report.printTimes(`page of 100 records, ${title}: longest turn of the event loop`, 'ms', rows, (row) => row.wall);
  }
  return [];
}

/**
 * Runs a batch beside something that wants its turn all the time, and sees how long it has to wait.
 *
 * @param {import('./rounds.mjs').Contender} contender
 * @param {number} calls
 * @returns {Promise<import('./rounds.mjs').Cost>} The longest turn in place of the whole time.
 */
async function longestTurn(contender, calls) {
  rounds.collect();
  let longest = 0;
  let running = true;
  let last = performance.now();
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  await contender.batch(calls);
  running = false;
  return { wall: longest / 1e3, cpu: 0 };
}
