/** One contender in a process of its own, as it would be in a program of its own, told by messages how much to do. */

import { cpuUsage } from 'node:process';

import { CLIENTS } from './clients/all.mjs';

/** What can be measured of a batch. */
const measures = { whole, longestTurn };

/**
 * What a process is told when it is started: one JSON text as its only argument.
 *
 * @typedef {object} Task
 * @property {string} name The client's.
 * @property {string} baseUrl
 * @property {'small' | 'page'} call
 * @property {number} inFlight
 * @property {keyof typeof measures} measure
 */

/** @type {Task} */
const task = JSON.parse(process.argv[2] ?? '');
const measure = measures[task.measure];
const make = CLIENTS.get(task.name);
if (make === undefined) throw new Error(`no such contender: ${task.name}`);
const call = make(task.baseUrl, task.inFlight)[task.call];

process.on('message', (calls) => {
  void measure(Number(calls)).then((cost) => process.send?.(cost));
});

// Who measures has heard enough; connections that are kept would keep the process as well.
process.on('disconnect', () => process.exit());

/**
 * Shares calls among as many as may be in flight.
 *
 * @param {number} calls
 */
async function batch(calls) {
  const repeat = async () => {
    for (let made = 0; made < calls / task.inFlight; made += 1) await call();
  };
  await Promise.all(Array.from({ length: task.inFlight }, repeat));
}

/**
 * Measures what a call of a batch takes.
 *
 * @param {number} calls
 * @returns {Promise<import('./rounds.mjs').Cost>}
 */
async function whole(calls) {
  const [wall, cpu] = [performance.now(), cpuUsage()];
  await batch(calls);
  const { user, system } = cpuUsage(cpu);
  return { wall: (performance.now() - wall) / 1e3 / calls, cpu: (user + system) / 1e6 / calls };
}

/**
 * Runs a batch beside something that wants its turn all the time, and sees how long it has to wait.
 *
 * @param {number} calls
 * @returns {Promise<import('./rounds.mjs').Cost>}
 */
async function longestTurn(calls) {
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
  const cost = await whole(calls);
  running = false;
  return { ...cost, turn: longest / 1e3 };
}
