// @ts-check

/** Tests a wrong clock. The clock of the sandbox is changed, which has the same effect as a wrong clock of this machine. */

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { TimeoutError, TimestampExpiredError } from 'recallflow';

import { STEP_TIMEOUT } from './child-programs.mjs';
import { CHANGE } from './specimens.mjs';
import { rejectionOf, sandboxFor } from './support.mjs';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Number of concurrent calls. */
const CALLS = 50;

test('the offset is readable', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.setClockOffset(5 * HOUR);
  const client = sandbox.client();
  assert.equal(client.clockOffset, undefined);
  await client.queryRecallFlowDetail(12);
  assert(Math.abs((client.clockOffset ?? 0) - 5 * HOUR) <= 2000, String(client.clockOffset));
  client.close();
  assert.equal(client.clockOffset, undefined);
});

for (const [name, offset] of Object.entries({
  'hours ahead': 5 * HOUR,
  'hours behind': -5 * HOUR,
  'days ahead': 40 * DAY,
  'days behind': -40 * DAY,
})) {
  suite(`a service that is ${name}`, () => {
    test('is corrected after one refusal', async (t) => {
      const sandbox = await sandboxFor(t);
      sandbox.setClockOffset(offset);
      const client = sandbox.client();
      await client.updateRecallFlow(CHANGE);
      assert.equal(sandbox.requests.length, 2);
      await client.updateRecallFlow(CHANGE);
      assert.equal((await client.queryRecallFlowDetail(12)).keyId, 12);
      assert.equal(sandbox.requests.length, 4);
    });

    test('is corrected for fifty concurrent calls', async (t) => {
      const sandbox = await sandboxFor(t);
      sandbox.setClockOffset(offset);
      const client = sandbox.client();
      const call = (/** @type {unknown} */ _, /** @type {number} */ index) =>
        index % 2 === 0 ? client.queryRecallFlowDetail(12) : client.updateRecallFlow(CHANGE);
      await Promise.all(Array.from({ length: CALLS }, call));
      assert(sandbox.requests.length <= 2 * CALLS);
      const before = sandbox.requests.length;
      await client.updateRecallFlow(CHANGE);
      assert.equal(sandbox.requests.length, before + 1);
    });

    test('is corrected if it jumps during a call', async (t) => {
      const sandbox = await sandboxFor(t);
      const client = sandbox.client();
      sandbox.script([-15, { header: ['Retry-After', '1'] }]);
      const call = client.updateRecallFlow(CHANGE);
      await sandbox.waitForRequests(1);
      sandbox.setClockOffset(offset);
      await call;
      assert.equal(sandbox.requests.length, 3);
    });

    test('does not change deadlines', async (t) => {
      const sandbox = await sandboxFor(t);
      const client = sandbox.client({ timeout: 400 });
      sandbox.script('hold');
      const started = performance.now();
      const call = rejectionOf(client.queryRecallFlowDetail(12));
      await sandbox.waitForRequests(1);
      sandbox.setClockOffset(offset);
      assert((await call) instanceof TimeoutError);
      const lasted = performance.now() - started;
      assert(lasted >= 395 && lasted < STEP_TIMEOUT / 4, `${lasted} ms`);
    });
  });
}

test('a timestamp that cannot be corrected is explained', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.setClockOffset(42 * MINUTE);
  sandbox.script(-16, -16);
  const client = sandbox.client();
  const error = await rejectionOf(client.queryRecallFlowDetail(12));
  assert(error instanceof TimestampExpiredError);
  assert.match(error.message, /4[12] min behind the service's/);
  assert.equal(error.attempts, 2);
  assert.equal((await client.queryRecallFlowDetail(12)).keyId, 12);
});
