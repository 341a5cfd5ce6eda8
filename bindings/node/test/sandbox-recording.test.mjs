// @ts-check

/** Requests that the sandbox records, and waits for them. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { RecordedRequest } from 'recallflow/sandbox';

import { ask, DETAIL, post, send } from './signed-requests.mjs';
import { sandboxFor, untyped } from './support.mjs';

test('requests are recorded', async (t) => {
  const sandbox = await sandboxFor(t);
  const before = Date.now();
  await ask(sandbox);
  await post(sandbox, '/v3/nothing?x=1', {});
  const [first, second] = sandbox.requests;
  assert.ok(first instanceof RecordedRequest && second !== undefined);
  assert.deepEqual([first.operation, first.method, first.path], ['queryRecallFlowDetail', 'POST', DETAIL]);
  assert.deepEqual([first.header('sIGN'), first.header('none')], ['[redacted]', undefined]);
  assert.deepEqual(first.headers.find(([, value]) => value === sandbox.apiKey)?.[0], 'Api-Key');
  assert.deepEqual([first.signatureValid, first.body, first.json()], [true, '{"keyId":12}', { keyId: 12 }]);
  assert.deepEqual([first.bodyBytes, first.connection, second.connection], [12, 1, 2]);
  assert.ok(Math.abs(first.time.getTime() - before) < 60_000);
  assert.deepEqual(first.response, { httpStatus: 200, code: 0, applied: true });
  assert.deepEqual([second.operation, second.path, second.response.httpStatus], [undefined, '/v3/nothing', 404]);
  assert.deepEqual(sandbox.requests, sandbox.requests);
  assert.equal(sandbox.connections, 2);
  await sandbox.waitForOpenConnections(0);
  assert.equal(sandbox.openConnections, 0);
  sandbox.reset();
  assert.deepEqual(sandbox.requests, []);
});

test('a test can wait for requests, also with mocked timers', async (t) => {
  const sandbox = await sandboxFor(t);
  t.mock.timers.enable();
  await assert.rejects(sandbox.waitForRequests(1, { timeout: 10 }), {
    name: 'Error',
    message: 'expected 1 requests within 10 milliseconds, got 0',
  });
  sandbox.script('hold');
  const waiting = sandbox.waitForRequests(1);
  const request = send(sandbox).on('error', () => {});
  const [first, ...rest] = await waiting;
  assert.deepEqual([first?.response.fault, rest.length], ['hold', 0]);
  assert.equal(sandbox.openConnections, 1);
  await assert.rejects(sandbox.waitForOpenConnections(0, { timeout: 0 }), {
    message: 'expected at most 0 open connections within 0 milliseconds, got 1',
  });
  request.destroy();
  await sandbox.waitForOpenConnections(0, { timeout: Infinity });
  await sandbox.waitForRequests(0, { timeout: 0 });
});

test('aborting a wait or closing the sandbox ends the wait', async (t) => {
  const sandbox = await sandboxFor(t);
  const reason = new Error('enough');
  await assert.rejects(sandbox.waitForRequests(1, { signal: AbortSignal.abort(reason) }), reason);
  const controller = new AbortController();
  const aborted = assert.rejects(sandbox.waitForRequests(1, { signal: controller.signal }), reason);
  controller.abort(reason);
  await aborted;
  // Aborting later has no effect.
  const idle = new AbortController();
  await sandbox.waitForRequests(0, { signal: idle.signal });
  idle.abort();

  const closed = Promise.all([
    assert.rejects(sandbox.waitForRequests(1), { message: 'the sandbox is closed' }),
    assert.rejects(
      sandbox.waitForOpenConnections(0).then(() => sandbox.waitForRequests(1)),
      /is closed/,
    ),
  ]);
  sandbox.close();
  await closed;
  await assert.rejects(sandbox.waitForRequests(0), /is closed/);
});

test('a wrong argument of a wait is named', async (t) => {
  const sandbox = await sandboxFor(t);
  for (const wrong of [-1, 1.5, 2 ** 32]) {
    await assert.rejects(sandbox.waitForRequests(wrong), RangeError);
    await assert.rejects(sandbox.waitForOpenConnections(wrong), RangeError);
  }
  for (const wrong of [NaN, Infinity]) {
    await assert.rejects(sandbox.waitForRequests(wrong), TypeError);
  }
  await assert.rejects(sandbox.waitForRequests(untyped('1')), TypeError);
  await assert.rejects(sandbox.waitForRequests(1, { timeout: -1 }), RangeError);
  await assert.rejects(sandbox.waitForRequests(1, { timeout: NaN }), TypeError);
  await assert.rejects(sandbox.waitForRequests(1, { timeout: untyped('1') }), TypeError);
  await assert.rejects(
    sandbox.waitForRequests(0, untyped({ tiemout: 1 })),
    /unknown name `tiemout`; did you mean `timeout`/,
  );
  await assert.rejects(sandbox.waitForRequests(0, untyped(5)), /`options`: expected an object, got 5/);
  await assert.rejects(sandbox.waitForRequests(1, { signal: untyped({}) }), {
    name: 'TypeError',
    message: /AbortSignal/,
  });
});
