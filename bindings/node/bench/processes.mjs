/** Contenders in processes of their own: in one process, each would run in a heap that the others have filled. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { CLIENTS } from './clients/all.mjs';
import * as rounds from './rounds.mjs';

const PROGRAM = fileURLToPath(new URL('contender.mjs', import.meta.url));

/**
 * Measures every client that the options do not leave out.
 *
 * @param {Omit<import('./contender.mjs').Task, 'name'>} task
 * @param {import('./options.mjs').Options} options
 */
export async function measure(task, options) {
  const names = [...CLIENTS.keys()].filter((name) => options.only.length === 0 || options.only.includes(name));
  const children = names.map((name) => fork(PROGRAM, [JSON.stringify({ name, ...task })]));
  const contenders = children.map((child, index) => ({
    name: names[index] ?? '',
    step: task.inFlight,
    /** @param {number} calls */
    async cost(calls) {
      const ended = new AbortController();
      const { signal } = ended;
      child.send(calls);
      const told = await Promise.race([
        once(child, 'message', { signal }),
        once(child, 'exit', { signal }).then(() => {
          throw new Error(`${names[index] ?? ''} has ended`);
        }),
      ]);
      ended.abort();
      return told[0];
    },
  }));
  try {
    return await rounds.measure(contenders, options);
  } finally {
    children.forEach((child) => {
      child.disconnect();
    });
  }
}
