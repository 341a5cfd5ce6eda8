/** Starting a Node that requires a library. */

import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

import * as report from './report.mjs';
import * as rounds from './rounds.mjs';
import { OURS } from './targets.mjs';

const BARE = 'a bare Node';

const { resolve } = createRequire(import.meta.url);
const LIBRARIES = { [OURS]: resolve('../dist/index.js'), undici: resolve('undici'), axios: resolve('axios') };

const start = promisify(execFile);

/**
 * Measures it; the bare Node always runs, because the others are told beside it. There is no target.
 *
 * @param {string} _baseUrl
 * @param {import('./options.mjs').Options} options
 * @returns {Promise<import('./targets.mjs').Target[]>}
 */
export async function measure(_baseUrl, options) {
  const only = options.only.length > 0 ? [...options.only, BARE] : [];
  const contenders = [
    starts(BARE, '0'),
    ...Object.entries(LIBRARIES).map(([name, file]) => starts(name, `require(${JSON.stringify(file)})`)),
  ];
  const [bare, ...rows] = await rounds.measure(contenders, { ...options, only });
  if (bare) report.printTimes('start Node and require', `ms over ${bare.name}`, rows, (row) => row.longerThan(bare));
  return [];
}

/**
 * One that runs a program to its end.
 *
 * @param {string} name
 * @param {string} code
 */
function starts(name, code) {
  return rounds.repeat(name, async () => {
    await start(process.execPath, ['-e', code]);
  });
}
