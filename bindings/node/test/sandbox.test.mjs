// @ts-check

/** The sandbox of the package: its state, its options and its errors. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspect } from 'node:util';

import { Client, ParameterError, RateLimitedError, RecallStatus, TaskType } from 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

import { ask, assertRefused, CHANGE, DETAIL, TASKS, UPDATE } from './signed-requests.mjs';
import { caught, sandboxFor, untyped } from './support.mjs';

test('a sandbox behaves as the service does', async (t) => {
  const sandbox = await sandboxFor(t);
  assert.equal((await ask(sandbox, UPDATE, CHANGE)).code, 0);
  assert.equal((await ask(sandbox, DETAIL, { keyId: 299 })).data.recallNum, 3);
  assert.equal((await ask(sandbox, UPDATE, { ...CHANGE, recallNum: 99 })).code, -22);
  assert.equal(sandbox.flow(299)?.['recallNum'], 3);
  assert.equal(sandbox.flow(299n)?.['recallNum'], 3);
  assert.equal(sandbox.flow(1), undefined);
  assert.throws(() => sandbox.flow(2n ** 70n), { name: 'TypeError', message: /^`keyId`: .*got a number of 71 bits/ });
  sandbox.reset();
  assert.equal(sandbox.flow(299)?.['recallNum'], 1);
});

test('a client of the sandbox needs no options', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client({ maxRetries: 0 });
  assert.ok(client instanceof Client);
  sandbox.script(-15);
  await assert.rejects(client.queryRecallFlowDetail(299), RateLimitedError);
  assert.equal((await client.queryRecallFlowDetail(299)).keyId, 299);
  assert.deepEqual(
    sandbox.requests.map(({ operation, signatureValid }) => [operation, signatureValid]),
    Array(2).fill(['queryRecallFlowDetail', true]),
  );
});

test('flows and tasks can be inserted', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.insertFlow({ keyId: 5, status: 0, nodeList: [] });
  assert.equal((await ask(sandbox, UPDATE, { ...CHANGE, keyId: 5 })).code, 0);
  assert.throws(() => sandbox.insertFlow({ status: 0 }), { name: 'TypeError', message: /whole number as `keyId`/ });
  assert.throws(() => sandbox.insertFlow(untyped(5)), TypeError);
  assert.throws(
    () => sandbox.insertFlow({ keyId: NaN }),
    /^TypeError: `flow\.keyId`: expected a value with a JSON form, got NaN$/,
  );
  sandbox.insertFlow({ keyId: 2n ** 62n });
  assert.notEqual(sandbox.flow(2n ** 62n), undefined);

  const query = async (/** @type {object} */ params = {}) => {
    const span = { strTime: '2030-01-01 00:00:00', endTime: '2099-01-01 00:00:00', taskType: 3 };
    const { data } = await ask(sandbox, TASKS, { current: 1, size: 10, params: { ...span, ...params } });
    return data.records;
  };
  assert.deepEqual(await query(), []);
  sandbox.insertTask({ taskId: 1, status: 2 }, { filedAt: '2031-01-01 00:00:00', appId: 7 });
  assert.deepEqual(await query(), [{ taskId: 1, taskType: 3, status: 2 }]);
  assert.deepEqual(await query({ idxAppId: 8 }), []);
  assert.deepEqual(sandbox.tasks.at(-1), {
    record: { taskId: 1, taskType: 3, status: 2 },
    filedAt: '2031-01-01 00:00:00',
    appId: 7,
  });
  sandbox.insertTask({ taskId: 2 }, { filedAt: '2031-01-01 00:00:00', progress: { startsAfter: -10, lasts: 5 } });
  assert.deepEqual((await query()).map((/** @type {any} */ { taskId, status }) => [taskId, status]).sort(), [
    [1, 2],
    [2, 2],
  ]);
  // Of another type, which the query does not select.
  sandbox.insertTask({ taskId: 3, taskType: 1, createdTime: '2031-01-01 00:00:00' });
  assert.equal((await query()).length, 2);
  const before = sandbox.tasks;
  assert.throws(
    () => sandbox.insertTask({}, { progress: untyped({ lasts: 5 }) }),
    /`progress`: `startsAfter` is missing/,
  );
  assert.throws(() => sandbox.insertTask({}, { appId: untyped('x') }), {
    name: 'TypeError',
    message: /^`appId`: expected a whole number, got 'x'/,
  });
  assert.throws(() => sandbox.insertTask(untyped([])), TypeError);
  assert.throws(() => sandbox.insertTask({}, untyped(5)), /`details`: expected an object, got 5/);
  assert.throws(
    () => sandbox.insertTask({ taskType: untyped('3') }),
    /`record\.taskType`: expected a whole number, got '3'/,
  );
  assert.throws(
    () => sandbox.insertTask({ createdTime: '2031-02-30 00:00:00' }),
    /`record\.createdTime`: expected a time/,
  );
  assert.deepEqual(sandbox.tasks, before);
});

test('a response of a client can be inserted', async (t) => {
  const [from, to] = await Promise.all([sandboxFor(t), sandboxFor(t, { seed: {} })]);
  const reading = from.client();
  const flow = await reading.queryRecallFlowDetail(300);
  to.insertFlow(flow);
  assert.deepEqual(await to.client().queryRecallFlowDetail(300), flow);
  assert.equal('extra' in (to.flow(300) ?? {}), false);
  assert.throws(() => to.insertFlow({ ...flow, keyId: NaN }), TypeError);
  const span = { strTime: '2010-01-01 00:00:00', endTime: '2099-01-01 00:00:00', taskType: TaskType.AI_AGENT };
  const { records } = await reading.queryGroupCalls({ current: 1, size: 2, ...span });
  assert.equal(records.length, 2);
  for (const record of records) {
    to.insertTask(record);
  }
  const again = await to.client().queryGroupCalls({ current: 1, size: 2, ...span });
  assert.deepEqual(new Set(again.records), new Set(records));
});

test('clock and shape can be set', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.setClockOffset(3_600_000);
  assert.equal((await ask(sandbox)).code, -16);
  sandbox.setClockOffset(-3_600_000);
  assert.equal((await ask(sandbox)).code, -16);
  sandbox.setClockOffset(0);
  assert.ok('nodeList' in (await ask(sandbox)).data);
  sandbox.setShape('page');
  assert.ok('records' in (await ask(sandbox)).data);
  assert.throws(() => sandbox.setShape(untyped('round')), {
    name: 'TypeError',
    message: "`shape`: expected one of flat, page, flat-with-paging, got 'round'",
  });
  assert.throws(() => sandbox.setShape(untyped(5)), /expected one of flat, page, flat-with-paging, got 5/);
  for (const wrong of [NaN, Infinity, -Infinity]) {
    assert.throws(() => sandbox.setClockOffset(wrong), TypeError);
  }
  for (const wrong of ['1', 5n, null, undefined]) {
    assert.throws(() => sandbox.setClockOffset(untyped(wrong)), /`offset`: expected a number of milliseconds/);
  }
  assert.throws(() => sandbox.flow(1.5), RangeError);
});

test('flows and tasks make progress as time passes', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client();
  sandbox.advance(59_500);
  assert.equal((await client.queryRecallFlowDetail(300)).status, RecallStatus.PENDING);
  sandbox.advance(500);
  assert.equal((await client.queryRecallFlowDetail(300)).status, RecallStatus.IN_PROGRESS);
  sandbox.advance(600_000);
  const { status, nodeList } = await client.queryRecallFlowDetail(300);
  assert.deepEqual(new Set([status, ...nodeList.map((node) => node.nodeStatus)]), new Set([RecallStatus.COMPLETED]));
  sandbox.insertFlow({ keyId: 9, status: 0, progress: { startsAfter: 0, lasts: 1000 } });
  assert.equal((await client.queryRecallFlowDetail(9)).status, RecallStatus.IN_PROGRESS);
  for (const wrong of [-1, NaN]) {
    assert.throws(() => sandbox.advance(wrong), Error);
  }
});

test('options set up the sandbox', async (t) => {
  const seed = { flows: [{ keyId: 7, status: 0, recallNum: 1 }], tasks: [{ record: { taskId: 1 } }] };
  const seeded = await sandboxFor(t, { apiKey: 'key', apiSecret: 'secret', seed, shape: 'page' });
  assert.deepEqual([seeded.apiKey, seeded.apiSecret], ['key', 'secret']);
  assert.ok('records' in (await ask(seeded, DETAIL, { keyId: 7 })).data);
  assert.equal((await ask(seeded)).code, -22);
  assert.equal(seeded.tasks.length, 1);
  await assert.rejects(seeded.client().queryRecallFlowDetail(12), ParameterError);
  assert.equal((await ask(await sandboxFor(t, { allowedIps: ['127.0.0.2'] }))).code, -2);
  const strict = await sandboxFor(t, { timestampWindow: 1000 });
  strict.setClockOffset(5000);
  assert.equal((await ask(strict)).code, -16);
});

test('a seed can be read from a file', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'recallflow-seed-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'seed.json');
  // The key is above 2^53.
  await writeFile(
    file,
    '{"flows": [{"keyId": 9007199254740993, "status": 0}], "tasks": [{"record": {"taskId": 1}}]}\n',
  );
  for (const options of [
    { seedFile: file },
    { seedFile: pathToFileURL(file), shape: /** @type {const} */ ('page'), apiKey: 'key' },
  ]) {
    const sandbox = await sandboxFor(t, options);
    assert.notEqual(sandbox.flow(2n ** 53n + 1n), undefined);
    assert.deepEqual([sandbox.flow(299), sandbox.tasks.length], [undefined, 1]);
    assert.equal(sandbox.apiKey === 'key', 'apiKey' in options);
  }
  await assert.rejects(Sandbox.start({ seedFile: join(folder, 'none.json') }), {
    name: 'Error',
    code: 'ENOENT',
    message: /^could not read the seed file .*none\.json: /,
  });
  await assert.rejects(Sandbox.start({ seedFile: new URL('https://example.com/seed.json') }), TypeError);
  await assert.rejects(Sandbox.start({ seedFile: file, seed: {} }), /`seed` and `seedFile` exclude each other/);
  for (const text of ['', '{}, "port": 1', '{"flows": [}']) {
    await writeFile(file, text);
    await assert.rejects(Sandbox.start({ seedFile: file }), {
      name: 'TypeError',
      message: /^could not read the seed file .*: could not parse JSON: /,
    });
  }
  await writeFile(file, '{"flow": []}');
  const error = await caught(() => Sandbox.start({ seedFile: file }));
  assert.match(error.message, /seed\.json: `seed`: unknown name `flow`; did you mean `flows`\?$/);
  assert.match(String(error.stack), /^TypeError: could not read the seed file .*\n +at .*sandbox\.test\.mjs/);
});

test('an error names the wrong option', async () => {
  /** @type {[unknown, ErrorConstructor | TypeErrorConstructor, RegExp][]} */
  const wrongs = [
    [{ port: 70000 }, RangeError, /^`port`: expected a whole number from 0 to 65535, got 70000$/],
    [{ port: '80' }, TypeError, /^`port`/],
    [{ host: 'localhost' }, TypeError, /^`host`: expected an IP address such as '127\.0\.0\.1', got 'localhost'$/],
    [{ shape: 'round' }, TypeError, /^`shape`: expected one of flat, page, flat-with-paging, got 'round'/],
    [{ seed: { flow: [] } }, TypeError, /^`seed`: unknown name `flow`; did you mean `flows`\?$/],
    [
      { seed: { flows: [{ keyId: NaN }] } },
      TypeError,
      /^`seed\.flows\[0\]\.keyId`: expected a value with a JSON form, got NaN$/,
    ],
    [{ timestampWindow: -1 }, RangeError, /^`timestampWindow`/],
    [{ allowedIps: '127.0.0.1' }, TypeError, /^`allowedIps`: expected an array, got '127\.0\.0\.1'$/],
    [{ apiKey: 5 }, TypeError, /^`apiKey`: expected text, got 5$/],
    [{ api_key: 'key' }, TypeError, /^unknown name `api_key`; did you mean `apiKey`\?$/],
    [
      { seed: { flows: [{ keyId: 7 }, { keyId: 7 }] } },
      TypeError,
      /^`seed\.flows\[1\]`: expected a `keyId` of its own, got 7 again$/,
    ],
    [4010, TypeError, /^`options`: expected an object, got 4010$/],
    [null, TypeError, /^`options`: expected an object, got null$/],
  ];
  for (const [wrong, type, message] of wrongs) {
    const error = await caught(() => Sandbox.start(untyped(wrong)));
    assert.ok(error instanceof type, inspect(error));
    assert.match(error.message, message);
  }
});

test('the constructor names the function that starts a sandbox', async () => {
  const error = await caught(() => new (untyped(Sandbox))());
  assert.ok(error instanceof TypeError);
  assert.equal(error.message, 'could not construct a Sandbox; start one: `await Sandbox.start()`');
  assert.match(String(error.stack), /^TypeError: could not construct a Sandbox; .*\n +at .*sandbox\.test\.mjs/);
});

test('a closed sandbox throws', async () => {
  const sandbox = await Sandbox.start();
  const { url } = sandbox;
  sandbox.close();
  sandbox.close();
  assert.equal(sandbox.url, url);
  assert.equal(new URL(sandbox.client().baseUrl).origin, url);
  const uses = [
    () => sandbox.requests,
    () => sandbox.tasks,
    () => sandbox.faultsLeft,
    () => sandbox.connections,
    () => sandbox.openConnections,
    () => sandbox.script(503),
    () => sandbox.scriptFor('queryGroupCalls', 503),
    () => sandbox.reset(),
    () => sandbox.flow(12),
    () => sandbox.insertFlow({ keyId: 1 }),
    () => sandbox.insertTask({}),
    () => sandbox.setShape('flat'),
    () => sandbox.setClockOffset(0),
  ];
  for (const use of uses) {
    assert.throws(use, { name: 'Error', message: 'the sandbox is closed' }, String(use));
  }
  await assertRefused(url);
});

test('disposal closes a sandbox', async () => {
  const sandbox = await Sandbox.start();
  sandbox[Symbol.dispose]();
  assert.throws(() => sandbox.requests, /is closed/);
  const other = await Sandbox.start();
  await other[Symbol.asyncDispose]();
  assert.throws(() => other.requests, /is closed/);
});

test('an error has the stack of the caller', async (t) => {
  const sandbox = await sandboxFor(t);
  const closed = await Sandbox.start();
  closed.close();
  const actions = [
    () => Sandbox.start({ port: -1 }),
    () => Sandbox.start({ host: 'x' }),
    () => sandbox.script(untyped('x')),
    () => sandbox.scriptFor(untyped('x')),
    () => sandbox.setShape(untyped('x')),
    () => sandbox.waitForRequests(1, { timeout: 0 }),
    () => sandbox.waitForOpenConnections(-1),
    () => closed.requests,
    () => closed.faultsLeft,
    () => closed.waitForRequests(1),
  ];
  const here = fileURLToPath(import.meta.url);
  for (const act of actions) {
    const { stack, name, message } = await caught(act);
    const [head, frame] = [stack.slice(0, stack.indexOf('\n    at ')), stack.slice(stack.indexOf('\n    at '))];
    assert.equal(head, `${name}: ${message}`);
    assert.ok(frame.split('\n', 2)[1].includes(here), `${act}: ${stack}`);
  }
});

test('inspecting a sandbox shows its URL, and no secret', async (t) => {
  const sandbox = await sandboxFor(t, { apiSecret: 'classified' });
  assert.equal(inspect(sandbox), `Sandbox { url: '${sandbox.url}', isRunning: true }`);
  sandbox.close();
  assert.equal(inspect(sandbox), `Sandbox { url: '${sandbox.url}', isRunning: false }`);
  assert.doesNotMatch(inspect({ sandbox }, { showHidden: true, depth: null }), /classified/);
});
