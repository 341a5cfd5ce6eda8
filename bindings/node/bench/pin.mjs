/** Cores for processes. Node cannot give them, so a program of Linux does. */

import { execFileSync } from 'node:child_process';

/**
 * Gives a core to the server and another to this process, with all threads that it has and those that it starts later.
 *
 * @param {number} server The server's process.
 */
export function pin(server) {
  const [ours, theirs] = cores();
  if (theirs === undefined) {
    console.error('--pin: there is only one core');
    process.exit(1);
  }
  for (const [core, pid] of [
    [ours, process.pid],
    [theirs, server],
  ]) {
    taskset('--all-tasks', '--cpu-list', '--pid', String(core), String(pid));
  }
}

/** The cores that this process may use, as `taskset` lists them: `0-2,5`. */
function cores() {
  const listed = taskset('--cpu-list', '--pid', String(process.pid)).split(': ')[1] ?? '';
  return listed.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** @param {string[]} args */
function taskset(...args) {
  try {
    return execFileSync('taskset', args, { encoding: 'utf8' }).trim();
  } catch (error) {
    console.error(`--pin: ${String(error)}`);
    process.exit(1);
  }
}
