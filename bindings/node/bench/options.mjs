/** The command line. */

import { parseArgs } from 'node:util';

const ROUNDS = 20;

/**
 * What to measure, and how.
 *
 * @typedef {object} Options
 * @property {string} server The program that is the server.
 * @property {readonly string[]} sections
 * @property {number} rounds Rounds of each comparison, at least 1.
 * @property {readonly string[]} only The names of the only contenders to run; all of them if empty.
 * @property {boolean} pin Whether the server and this process get a core each.
 */

/**
 * Reads the arguments of this process.
 *
 * @param {readonly string[]} sections
 * @returns {Options}
 */
export function read(sections) {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        server: { type: 'string' },
        rounds: { type: 'string', default: String(ROUNDS) },
        only: { type: 'string', multiple: true, default: [] },
        pin: { type: 'boolean', default: false },
      },
    });
    const unknown = positionals.find((section) => !sections.includes(section));
    if (unknown !== undefined) throw new TypeError(`no such section: ${unknown}`);
    if (values.server === undefined) throw new TypeError('--server should name the program recallflow-bench');
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError('--rounds should be a number from 1');
    return {
      server: values.server,
      sections: positionals.length > 0 ? positionals : sections,
      rounds,
      only: values.only,
      pin: values.pin,
    };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(
      `${error.message}\n\nusage: main.mjs --server PROGRAM [${sections.join(' | ')}]… [--rounds N] [--only NAME]… [--pin]`,
    );
    process.exit(2);
  }
}
