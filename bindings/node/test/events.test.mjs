// @ts-check

/** Tests the events of attempts: `onAttempt`, `diagnostics_channel` and `RECALLFLOW_LOG`. */

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { execFileSync, spawnSync } from 'node:child_process';
import diagnostics from 'node:diagnostics_channel';
import { afterEach, beforeEach, test } from 'node:test';

import { Client } from 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

import { SPAN } from './specimens.mjs';
import { collect, rejectionOf } from './support.mjs';

/** @typedef {import('recallflow').AttemptEvent} AttemptEvent */

/** @type {Sandbox} */
let sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.start();
});
afterEach(() => sandbox.close());

test('each attempt is one event', async () => {
  /** @type {AttemptEvent[]} */
  const events = [];
  sandbox.script(-15, 503);
  await sandbox.client({ onAttempt: (event) => events.push(event) }).queryRecallFlowDetail(299);
  assert.deepEqual(
    events.map(({ attempt, httpStatus, code, error, retryClass }) => [attempt, httpStatus, code, error, retryClass]),
    [
      [1, 200, -15, 'RateLimitedError', 'throttled'],
      [2, 503, undefined, 'UnavailableError', 'unavailable'],
      [3, 200, 0, undefined, undefined],
    ],
  );
  assert(events.every(({ operation, elapsed }) => operation === 'queryRecallFlowDetail' && elapsed > 0));
  assert.deepEqual(
    events.map(({ delay }) => delay !== undefined),
    [true, true, false],
  );
  assert(events.every((event) => Object.isFrozen(event)));
});

test('pages and failed attempts are events', async () => {
  /** @type {AttemptEvent[]} */
  const events = [];
  const onAttempt = (/** @type {AttemptEvent} */ event) => events.push(event);
  await collect(sandbox.client({ onAttempt }).groupCalls(SPAN));
  assert(events.length > 0 && events.every(({ operation }) => operation === 'queryGroupCalls'));
  events.length = 0;
  const options = { apiKey: 'key', apiSecret: 'secret', baseUrl: 'http://127.0.0.1:9', maxRetries: 0, onAttempt };
  await rejectionOf(new Client(options).queryRecallFlowDetail(299));
  assert.deepEqual(
    events.map(({ phase, retryClass, delay }) => [phase, retryClass, delay]),
    [['connect', 'unsent', undefined]],
  );
});

test('the channel publishes the events of all clients', async () => {
  /** @type {any[]} */
  const published = [];
  const subscriber = (/** @type {unknown} */ event) => published.push(event);
  diagnostics.subscribe('recallflow:attempt', subscriber);
  await sandbox.client().queryRecallFlowDetail(299);
  diagnostics.unsubscribe('recallflow:attempt', subscriber);
  await sandbox.client().queryRecallFlowDetail(299);
  assert.equal(published.length, 1);
  assert.equal(published[0].operation, 'queryRecallFlowDetail');
});

test('an event comes in the context of its call, before the call ends', async () => {
  const storage = new AsyncLocalStorage();
  /** @type {unknown[]} */
  const seen = [];
  const client = sandbox.client({ onAttempt: () => seen.push(storage.getStore()) });
  await storage.run('a', () => client.queryRecallFlowDetail(299));
  assert.deepEqual(seen, ['a']);
});

test('a function that fails does not fail the call, and is reported once', async () => {
  const warned = new Promise((resolve) => process.once('warning', resolve));
  const client = sandbox.client({
    onAttempt: () => {
      throw new RangeError('the function of the test fails');
    },
  });
  await client.queryRecallFlowDetail(299);
  await client.queryRecallFlowDetail(299);
  assert.match(String(await warned), /`onAttempt` failed; its next failures are not reported: RangeError/);
  const rejecting = sandbox.client({ onAttempt: () => Promise.reject(new Error('later')) });
  await rejecting.queryRecallFlowDetail(299);
});

test('`withOptions` keeps the function or replaces it', async () => {
  /** @type {string[]} */
  const seen = [];
  const client = sandbox.client({ onAttempt: () => seen.push('first') });
  await client.withOptions({ maxRetries: 0 }).queryRecallFlowDetail(299);
  await client.withOptions({ onAttempt: () => seen.push('second') }).queryRecallFlowDetail(299);
  assert.deepEqual(seen, ['first', 'second']);
});

test('a value that is not a function is refused', () => {
  assert.throws(() => sandbox.client({ onAttempt: /** @type {any} */ ('log') }), /expected a function for `onAttempt`/);
  sandbox.client({ onAttempt: undefined });
});

const PROGRAM = `
  import { Sandbox } from 'recallflow/sandbox';
  const sandbox = await Sandbox.start();
  await sandbox.client().queryRecallFlowDetail(299);
  await sandbox.close();
`;

test('the environment writes attempts to stderr', () => {
  for (const [level, isWritten] of /** @type {const} */ ([
    ['debug', true],
    ['off', false],
    ['', false],
  ])) {
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM], {
      cwd: import.meta.dirname,
      env: { ...process.env, RECALLFLOW_LOG: level },
      encoding: 'utf8',
    });
    assert.equal(child.status, 0, child.stderr);
    const line = 'recallflow: query_recall_flow_detail: attempt 1 succeeded after ';
    assert.equal(child.stderr.includes(line), isWritten, child.stderr);
  }
});

test('another level is refused', () => {
  const program = `import { Client } from 'recallflow'; new Client({ apiKey: 'key', apiSecret: 'secret' });`;
  assert.throws(
    () =>
      execFileSync(process.execPath, ['--input-type=module', '-e', program], {
        cwd: import.meta.dirname,
        env: { ...process.env, RECALLFLOW_LOG: 'loud' },
        stdio: 'pipe',
      }),
    /expected `RECALLFLOW_LOG` to be `debug` or `off`, got `loud`/,
  );
});
