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
  const libraries = Object.entries(LIBRARIES).filter(
    ([name]) => options.only.length === 0 || options.only.includes(name),
  );
  const contenders = [
    starts(BARE, '0'),
    ...libraries.map(([name, file]) => starts(name, `require(${JSON.stringify(file)})`)),
  ];
  const [bare, ...rows] = await rounds.measure(contenders, options);
  if (bare) report.printTimes('start Node and require', `ms over ${bare.name}`, rows, (row) => row.longerThan(bare));
  return [];
}

/**
 * One that runs a program to its end.
 *
 * @param {string} name
 * @param {string} code
 * @returns {rounds.Contender}
 */
function starts(name, code) {
  return {
    name,
    step: 1,
    async cost(times) {
      const begun = performance.now();
      for (let made = 0; made < times; made += 1) await start(process.execPath, ['-e', code]);
      return { wall: (performance.now() - begun) / 1e3 / times, cpu: 0 };
    },
  };
}
