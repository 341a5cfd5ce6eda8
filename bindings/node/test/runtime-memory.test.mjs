// @ts-check

/** Tests that calls, aborts and clients leak neither memory nor file descriptors. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { IS_FULL, NEEDS_PROC, startProgram } from './child-programs.mjs';
import { sandboxFor } from './support.mjs';

const MEASURE = `
/** Memory of the process and of JavaScript in KiB after garbage collection, and the number of file descriptors. */
async function used() {
  for (let round = 0; round < 5; round += 1) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { rss, heapUsed } = process.memoryUsage();
  return [rss / 1024, heapUsed / 1024, readdirSync('/proc/self/fd').length];
}

/** Warms up until everything that is created once exists. */
async function measure(act, count) {
  await act(Math.ceil(count / 4));
  const before = await used();
  await act(count);
  const after = await used();
  console.log('grew', ...after.map((amount, index) => Math.round(amount - before[index])));
}
`;

const CALLS = `
const client = rf.Client.fromEnv();
async function act(count) {
  for (let done = 0; done < count; done += 20) {
    await Promise.all(Array.from({ length: 20 }, () => client.queryRecallFlowDetail(12)));
  }
}`;
const LOGGED_CALLS = CALLS.replace('fromEnv()', 'fromEnv({ logger: { debug() {} } })');
const FAILED_CALLS = CALLS.replace(
  'queryRecallFlowDetail(12)',
  'queryRecallFlowDetail(10_000).catch((error) => error.stack)',
);
const PAGES = `
const client = rf.Client.fromEnv();
async function act(count) {
  for (let done = 0; done < count; done += 6) {
    for await (const task of client.groupCalls(QUERY)) void task;
  }
}`;
const ABORTS = `
const client = rf.Client.fromEnv({ timeout: 60_000, attemptTimeout: 60_000 });
const lasting = new AbortController();
async function act(count) {
  for (let done = 0; done < count; done += 20) {
    const controllers = Array.from({ length: 20 }, () => new AbortController());
    const calls = controllers.map(({ signal }, index) =>
      client.queryRecallFlowDetail(12, { signal: index % 2 ? signal : AbortSignal.any([signal, lasting.signal]) }));
    // Some calls are pending now, and some have not begun.
    if (done % 40 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    for (const controller of controllers) controller.abort();
    await Promise.allSettled(calls);
  }
}`;
const LASTING_SIGNAL = CALLS.replace(
  'queryRecallFlowDetail(12)',
  'queryRecallFlowDetail(12, { signal: lasting.signal })',
).replace('const client', 'const lasting = new AbortController();\nconst client');
const CLIENTS = `
async function act(count) {
  for (let done = 0; done < count; done += 10) {
    const clients = Array.from({ length: 10 }, () => rf.Client.fromEnv());
    await Promise.all(clients.map((client) => client.queryRecallFlowDetail(12)));
    // A client closes its connections when it is collected, and Node collects small objects late.
    if (done % 100 === 0) gc();
    await new Promise(setImmediate);
  }
}`;
const CLOSED_CLIENTS = `
async function act(count) {
  for (let done = 0; done < count; done += 10) {
    await Promise.all(Array.from({ length: 10 }, async () => {
      const client = rf.Client.fromEnv();
      await client.queryRecallFlowDetail(12);
      client.close();
    }));
  }
}`;
const WORKERS = `
async function act(count) {
  for (let done = 0; done < count; done += 4) {
    const program = "import { Client } from 'recallflow'; const client = Client.fromEnv();" +
      "await Promise.all(Array.from({ length: 10 }, () => client.queryRecallFlowDetail(12)));";
    await Promise.all(Array.from({ length: 4 }, () => once(new Worker(program, { eval: true }), 'exit')));
  }
}`;

/**
 * The actions, with their number of repetitions in a usual and in a full run.
 *
 * @type {Record<string, [string, number, number]>}
 */
const ACTS = {
  calls: [CALLS, 2000, 100_000],
  'logged calls': [LOGGED_CALLS, 2000, 100_000],
  'calls that fail': [FAILED_CALLS, 1000, 100_000],
  'calls with a signal that outlives them': [LASTING_SIGNAL, 2000, 100_000],
  pages: [PAGES, 240, 20_000],
  'aborted calls': [ABORTS, 1000, 40_000],
  clients: [CLIENTS, 300, 1000],
  'clients that are closed': [CLOSED_CLIENTS, 300, 10_000],
  workers: [WORKERS, 40, 1000],
};

/** KiB that allocators and compiled code use, whatever the number of repetitions. */
const SPARE = 20_480;
const SPARE_HEAP = 1024;
/** Less than the smallest object that a call could leak. */
const BYTES_EACH = 24;

for (const [name, [program, usual, full]] of Object.entries(ACTS)) {
  test(`${name} do not leak`, NEEDS_PROC, async (t) => {
    const count = IS_FULL ? full : usual;
    const sandbox = await sandboxFor(t);
    if (name === 'aborted calls') {
      sandbox.script(...Array.from({ length: 2 * count }, () => /** @type {const} */ ('hold')));
    }
    const running = startProgram(t, `${MEASURE}${program}\nawait measure(act, ${count});`, {
      sandbox,
      options: ['--expose-gc'],
    });
    const [memory = NaN, heap = NaN, descriptors = NaN] = (await running.waitForLine('grew')).split(' ').map(Number);
    t.diagnostic(`${count}: ${memory} KiB, of that ${heap} KiB of JavaScript, and ${descriptors} descriptors more`);
    const { status, errors } = await running.waitForExit();
    assert.deepEqual({ status, errors }, { status: 0, errors: '' });
    const share = (count * BYTES_EACH) / 1024;
    assert.ok(memory < SPARE + share, `${memory} KiB more`);
    assert.ok(heap < SPARE_HEAP + share, `${heap} KiB of JavaScript more`);
    // Closed connections are released a moment later, and their number varies.
    assert.ok(descriptors < 50, `${descriptors} descriptors more`);
  });
}
