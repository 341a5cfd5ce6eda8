// @ts-check

/** The Node sandbox, called by `node:http` with requests that the test signs. */

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspect, promisify } from 'node:util';
import { compileFunction, createContext, runInContext } from 'node:vm';
import { Worker } from 'node:worker_threads';

import { Client, ParameterError, RateLimitedError, TaskType } from 'recallflow';
import { faults, RecordedRequest, Sandbox } from 'recallflow/sandbox';

/** @import { Fault, SandboxOptions } from 'recallflow/sandbox' */

const DETAIL = '/voice/recallFlow/queryDetail';
const UPDATE = '/voice/recallFlow/update';
const TASKS = '/voice/group/call/query';

const CHANGE = { keyId: 299, recallInterval: 30, recallNum: 3, recallType: 0 };

/**
 * Starts a sandbox that the end of the test closes.
 *
 * @param {import('node:test').TestContext} t
 * @param {SandboxOptions} [options]
 */
async function fresh(t, options) {
  const sandbox = await Sandbox.start(options);
  t.after(() => sandbox.close());
  return sandbox;
}

/**
 * Sends a signed request, and returns it without waiting for the response.
 *
 * @param {Sandbox} sandbox
 * @param {string} path
 * @param {unknown} body
 */
function send({ url, apiKey, apiSecret }, path = DETAIL, body = { keyId: 12 }) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHash('md5').update(`${apiKey}${apiSecret}${timestamp}`).digest('hex');
  const headers = {
    'Content-Type': 'application/json;charset=UTF-8',
    Sign: signature,
    Timestamp: timestamp,
    'Api-Key': apiKey,
  };
  return http.request(url + path, { method: 'POST', headers, agent: false }).end(JSON.stringify(body));
}

/**
 * Sends a signed request, and returns the response.
 *
 * @param {Sandbox} sandbox
 * @param {string} [path]
 * @param {unknown} [body]
 */
async function post(sandbox, path, body) {
  const request = send(sandbox, path, body);
  const [response] = /** @type {[http.IncomingMessage]} */ (await once(request, 'response'));
  const chunks = await response.toArray();
  return { status: response.statusCode, headers: response.headers, content: Buffer.concat(chunks) };
}

/**
 * Sends a signed request, and returns the envelope of the response.
 *
 * @param {Sandbox} sandbox
 * @param {string} [path]
 * @param {unknown} [body]
 */
async function ask(sandbox, path, body) {
  const { content } = await post(sandbox, path, body);
  return JSON.parse(content.toString());
}

/** @param {any} value */
function untyped(value) {
  return value;
}

/**
 * Returns the error that an action throws or rejects with.
 *
 * @param {() => unknown} act
 * @returns {Promise<any>}
 */
async function thrown(act) {
  try {
    await act();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

/**
 * Asserts that a URL refuses connections.
 *
 * @param {string} url
 */
async function isRefused(url) {
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
  await assert.rejects(once(socket, 'connect'), { code: 'ECONNREFUSED' });
}

test('a sandbox behaves as the service does', async (t) => {
  const sandbox = await fresh(t);
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
  const sandbox = await fresh(t);
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

test('a script takes faults of every form', async (t) => {
  const sandbox = await fresh(t);
  /** @type {Fault[]} */
  const script = [503, -15, 'ok', { respond: { status: 418, body: 'tea' } }, [504, 'applied']];
  sandbox.script(...script);
  assert.equal(sandbox.faultsLeft, 5);
  for (const expected of [503, 200, 200, 418, 504, 200]) {
    assert.equal((await post(sandbox)).status, expected);
  }
  assert.equal(sandbox.faultsLeft, 0);
  const responses = sandbox.requests.map(({ response }) => response);
  assert.deepEqual(
    responses.map(({ code }) => code),
    [undefined, -15, 0, undefined, undefined, 0],
  );
  assert.deepEqual(
    responses.map(({ applied }) => applied),
    [false, false, true, false, true, true],
  );
  // As they were written, but for what the form leaves open.
  script[3] = { respond: { status: 418, headers: [], body: 'tea' } };
  assert.deepEqual(
    responses.map(({ fault }) => fault),
    [...script, undefined],
  );
});

test('a fault for an operation waits for its request', async (t) => {
  const sandbox = await fresh(t);
  sandbox.scriptFor('updateRecallFlow', -15);
  assert.equal((await ask(sandbox)).code, 0);
  assert.equal((await ask(sandbox, UPDATE, CHANGE)).code, -15);
  assert.throws(() => sandbox.scriptFor(untyped('updateFlow'), 503), {
    name: 'TypeError',
    message: /^`operation`: expected one of queryGroupCalls, .*updateRecallFlow, got 'updateFlow'/,
  });
  assert.throws(() => sandbox.scriptFor('updateRecallFlow', untyped('resetBefor')), /did you mean `reset/);
});

test('a wrong fault is refused, and nothing is scripted', async (t) => {
  const sandbox = await fresh(t);
  /** @type {[unknown, RegExp][]} */
  const wrongs = [
    ['rest', /there is no fault `rest`; did you mean `reset`\?/],
    ['reset_before_read', /did you mean `resetBeforeRead`\?/],
    ['quake', /there is no fault `quake`; see `faults` of `recallflow\/sandbox`/],
    [{ truncate: 'x' }, /truncate`: expected a whole number from 0, got 'x'/],
    [{ delay: '100' }, /delay`: expected a number of milliseconds from 0, got '100'/],
    [{ respond: { status: 200, boby: '' } }, /unknown name `boby`; did you mean `body`\?/],
    [{ respond: 5 }, /respond`: expected an object, got 5/],
    [{ raw: 5 }, /raw`: expected text or bytes, got 5/],
    [{ header: [] }, /header`: expected an array of name and value, got \[\]/],
    [1.5, /expected an HTTP status from 300 to 599 or a code from 0 down, got 1\.5/],
    [200, /expected an HTTP status from 300 to 599/],
    [600, /expected an HTTP status from 300 to 599/],
    [true, /expected a fault \(.*\), got true/],
    [null, /expected a fault \(.*\), got null/],
    [undefined, /^`faults\[1\]`: expected a value with a JSON form, got undefined$/],
    [NaN, /^`faults\[1\]`: expected a value with a JSON form, got NaN$/],
    [[503, { delay: Infinity }], /^`faults\[1\]\[1\]\.delay`: expected a value with a JSON form, got Infinity$/],
    [() => 503, /got a function$/],
    [new Date(), /got a `Date`: write the time/],
    [[503, 'reset'], /^`faults\[1\]`: expected faults that one request can have, got \[503,"reset"\], which exclude/],
    [['resetBeforeRead', 'applied'], /which exclude each other/],
  ];
  for (const [wrong, message] of wrongs) {
    assert.throws(
      () => sandbox.script(503, untyped(wrong)),
      (error) => error instanceof TypeError && message.test(error.message),
      inspect(wrong),
    );
  }
  assert.equal(sandbox.faultsLeft, 0);
});

test('a builder has the name of the fault that it builds', async (t) => {
  const sandbox = await fresh(t);
  /** @type {Record<keyof typeof faults, Fault>} */
  const built = {
    ok: faults.ok(),
    applied: faults.applied(),
    delay: faults.delay(1),
    status: faults.status(503),
    code: faults.code(-15),
    respond: faults.respond({ status: 201 }),
    raw: faults.raw('SSH'),
    oversized: faults.oversized(),
    reflect: faults.reflect('message'),
    resetBeforeRead: faults.resetBeforeRead(),
    reset: faults.reset(),
    close: faults.close(),
    hold: faults.hold(),
    httpStatus: faults.httpStatus(500),
    header: faults.header('Date', null),
    addHeader: faults.addHeader('A', 'b'),
    manyHeaders: faults.manyHeaders({ count: 5, bytes: 3 }),
    body: faults.body([]),
    envelope: faults.envelope({ codeAsText: true }),
    gzip: faults.gzip(),
    gzipBomb: faults.gzipBomb(9),
    truncate: faults.truncate(5),
    contentLength: faults.contentLength(5),
    chunked: faults.chunked(),
    untilClose: faults.untilClose(),
    interim: faults.interim({ count: 3, atOnce: true }),
    dripHead: faults.dripHead({ interval: 1 }),
    dripBody: faults.dripBody({ bytes: 1, interval: 1 }),
    end: faults.end('keepAlive'),
  };
  assert.deepEqual(Object.keys(faults), Object.keys(built));
  for (const [name, fault] of Object.entries(built)) {
    assert.equal(typeof fault === 'object' ? Object.keys(fault)[0] : fault, name);
  }
  sandbox.script(...Object.values(built));
  assert.equal(sandbox.faultsLeft, Object.keys(faults).length);
});

test('bodies are text, bytes or JSON, and headers are pairs or an object', async (t) => {
  const sandbox = await fresh(t);
  const bytes = Buffer.from([0xff, 0, 1]);
  /** @type {[Fault, string | Buffer][]} */
  const cases = [
    [{ respond: { status: 201, headers: { 'X-A': 'b' }, body: bytes } }, bytes],
    [{ respond: { status: 201, headers: [['X-A', 'b']], body: new Uint8Array(bytes) } }, bytes],
    [{ respond: { status: 201, headers: new Map([['X-A', 'b']]), body: { base64: '/wAB' } } }, bytes],
    [{ respond: { status: 201, headers: { 'X-A': 'b' }, body: { code: 0 } } }, '{"code":0}'],
    [[{ body: [1, null] }, { httpStatus: 201 }, { header: ['X-A', 'b'] }], '[1,null]'],
    [[{ body: bytes.subarray(1) }, { httpStatus: 201 }, { header: ['X-A', 'b'] }], '\0\x01'],
    [{ raw: Buffer.from('HTTP/1.1 201 Fine\r\nX-A: b\r\n\r\nraw') }, 'raw'],
  ];
  for (const [fault, expected] of cases) {
    sandbox.script(fault);
    const { status, headers, content } = await post(sandbox);
    assert.deepEqual([status, headers['x-a'], content], [201, 'b', Buffer.from(expected)]);
  }
});

test('faults are played', async (t) => {
  const sandbox = await fresh(t);
  sandbox.script('reset', 'close', { truncate: 5 }, { raw: '\0' });
  for (const code of ['ECONNRESET', 'ECONNRESET', 'ECONNRESET', 'HPE_INVALID_CONSTANT']) {
    assert.equal((await thrown(() => ask(sandbox))).code, code);
  }
  sandbox.script(faults.envelope({ code: 'status', message: 'reason', codeAsText: true }));
  assert.equal((await ask(sandbox)).status, '0');
  sandbox.script(['reset', 'applied']);
  await assert.rejects(ask(sandbox, UPDATE, CHANGE));
  const last = sandbox.requests.at(-1)?.response;
  assert.deepEqual(last, { fault: ['reset', 'applied'], applied: true });
});

test('requests are recorded', async (t) => {
  const sandbox = await fresh(t);
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
  const sandbox = await fresh(t);
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
  const sandbox = await fresh(t);
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
  const sandbox = await fresh(t);
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

test('flows and tasks can be inserted', async (t) => {
  const sandbox = await fresh(t);
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
  const [from, to] = await Promise.all([fresh(t), fresh(t, { seed: {} })]);
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
  const sandbox = await fresh(t);
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

test('options set up the sandbox', async (t) => {
  const seed = { flows: [{ keyId: 7, status: 0, recallNum: 1 }], tasks: [{ record: { taskId: 1 } }] };
  const seeded = await fresh(t, { apiKey: 'key', apiSecret: 'secret', seed, shape: 'page' });
  assert.deepEqual([seeded.apiKey, seeded.apiSecret], ['key', 'secret']);
  assert.ok('records' in (await ask(seeded, DETAIL, { keyId: 7 })).data);
  assert.equal((await ask(seeded)).code, -22);
  assert.equal(seeded.tasks.length, 1);
  await assert.rejects(seeded.client().queryRecallFlowDetail(12), ParameterError);
  assert.equal((await ask(await fresh(t, { allowedIps: ['127.0.0.2'] }))).code, -2);
  const strict = await fresh(t, { timestampWindow: 1000 });
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
    const sandbox = await fresh(t, options);
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
  const error = await thrown(() => Sandbox.start({ seedFile: file }));
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
    const error = await thrown(() => Sandbox.start(untyped(wrong)));
    assert.ok(error instanceof type, inspect(error));
    assert.match(error.message, message);
  }
});

test('the constructor names the function that starts a sandbox', async () => {
  const error = await thrown(() => new (untyped(Sandbox))());
  assert.ok(error instanceof TypeError);
  assert.equal(error.message, 'could not construct a Sandbox; start one: `await Sandbox.start()`');
  assert.match(String(error.stack), /^TypeError: could not construct a Sandbox; .*\n +at .*sandbox\.test\.mjs/);
});

test('a port in use is an error of the system, and a close frees it', async (t) => {
  const first = await fresh(t);
  const port = Number(new URL(first.url).port);
  await assert.rejects(Sandbox.start({ port }), { name: 'Error', code: 'EADDRINUSE' });
  // A pending wait does not keep the port.
  const waiting = assert.rejects(first.waitForRequests(1), /is closed/);
  first.close();
  const second = await fresh(t, { port });
  assert.equal(second.url, first.url);
  await waiting;
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
  await isRefused(url);
});

test(
  'the command prints the variables of clients and ends by a signal',
  { skip: process.platform === 'win32' },
  async () => {
    const command = createRequire(import.meta.url)
      .resolve('recallflow/sandbox')
      .replace('sandbox.js', 'sandbox-command.js');
    for (const [signal, code] of /** @type {const} */ ([
      ['SIGINT', 0],
      ['SIGTERM', 143],
    ])) {
      const child = spawn(process.execPath, [command, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
      /** @type {Record<string, string>} */
      const variables = {};
      let text = '';
      for await (const chunk of child.stdout) {
        text += chunk;
        for (const [, name = '', value = ''] of text.matchAll(/^export (\w+)=(.*)\n/gm)) {
          variables[name] = value;
        }
        if (Object.keys(variables).length === 3) {
          break;
        }
      }
      const { RECALLFLOW_BASE_URL, RECALLFLOW_API_KEY, RECALLFLOW_API_SECRET } = variables;
      assert.deepEqual([RECALLFLOW_API_KEY, RECALLFLOW_API_SECRET], ['bDqJFiq9', '7bz1lzh9']);
      assert.match(RECALLFLOW_BASE_URL ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
      const ended = once(child, 'exit');
      child.kill(signal);
      assert.deepEqual(await ended, [code, null]);
    }
  },
);

test('disposal closes a sandbox', async () => {
  const sandbox = await Sandbox.start();
  sandbox[Symbol.dispose]();
  assert.throws(() => sandbox.requests, /is closed/);
  const other = await Sandbox.start();
  await other[Symbol.asyncDispose]();
  assert.throws(() => other.requests, /is closed/);
});

test('an error has the stack of the caller', async (t) => {
  const sandbox = await fresh(t);
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
    const { stack, name, message } = await thrown(act);
    const [head, frame] = [stack.slice(0, stack.indexOf('\n    at ')), stack.slice(stack.indexOf('\n    at '))];
    assert.equal(head, `${name}: ${message}`);
    assert.ok(frame.split('\n', 2)[1].includes(here), `${act}: ${stack}`);
  }
});

test('inspecting a sandbox shows its URL, and no secret', async (t) => {
  const sandbox = await fresh(t, { apiSecret: 'classified' });
  assert.equal(inspect(sandbox), `Sandbox { url: '${sandbox.url}', isRunning: true }`);
  sandbox.close();
  assert.equal(inspect(sandbox), `Sandbox { url: '${sandbox.url}', isRunning: false }`);
  assert.doesNotMatch(inspect({ sandbox }, { showHidden: true, depth: null }), /classified/);
});

test('many sandboxes run at the same time', async () => {
  const sandboxes = await Promise.all(Array.from({ length: 20 }, () => Sandbox.start()));
  assert.equal(new Set(sandboxes.map(({ url }) => url)).size, 20);
  const envelopes = await Promise.all(sandboxes.map((sandbox) => ask(sandbox)));
  assert.ok(envelopes.every(({ code }) => code === 0));
  for (const sandbox of sandboxes) {
    assert.equal(sandbox.requests.length, 1);
    sandbox.close();
  }
});

test('a sandbox works in another realm, as in Jest', async () => {
  const globals = { AbortSignal, Buffer, performance, process, setImmediate, URL };
  const realm = createContext(globals);
  const parameters = ['exports', 'require', 'module', '__filename', '__dirname'];
  /** @type {Map<string, { exports: any }>} */
  const modules = new Map();
  const load = (/** @type {string} */ file) => {
    const known = modules.get(file);
    if (known !== undefined) {
      return known.exports;
    }
    const module = { exports: {} };
    modules.set(file, module);
    const outer = createRequire(file);
    const isInner = (/** @type {string} */ name) => name.startsWith('.') && name.endsWith('.js');
    const inner = (/** @type {string} */ name) => (isInner(name) ? load(outer.resolve(name)) : outer(name));
    const run = compileFunction(readFileSync(file, 'utf8'), parameters, { filename: file, parsingContext: realm });
    run(module.exports, inner, module, file, dirname(file));
    return module.exports;
  };
  /** @type {typeof import('recallflow/sandbox')} */
  const inner = load(createRequire(import.meta.url).resolve('recallflow/sandbox'));
  const InnerTypeError = runInContext('TypeError', realm);
  assert.notEqual(InnerTypeError, TypeError);

  const sandbox = await inner.Sandbox.start();
  assert.ok((await thrown(() => inner.Sandbox.start({ host: 'x' }))) instanceof InnerTypeError);
  assert.ok((await thrown(() => sandbox.script(untyped('x')))) instanceof InnerTypeError);
  assert.equal((await thrown(() => sandbox.client({ maxRetries: -1 }))).name, 'ConfigError');
  sandbox.script({ respond: { status: 201, body: new Uint8Array([1]) } });
  assert.deepEqual((await post(untyped(sandbox))).content, Buffer.from([1]));
  assert.equal((await sandbox.waitForRequests(1)).length, 1);
  sandbox.close();
});

/** The beginning of programs: a sandbox with an open connection. */
const PROGRAM = `
  import net from 'node:net';
  import { Sandbox } from ${JSON.stringify(import.meta.resolve('recallflow/sandbox'))};
  const sandbox = await Sandbox.start();
  const held = net.connect(Number(new URL(sandbox.url).port), '127.0.0.1').unref();
  await new Promise((resolve) => held.once('connect', resolve));
`;

/**
 * Runs a program that must end soon, and returns its output.
 *
 * @param {string} program
 */
async function run(program) {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', PROGRAM + program],
    { timeout: 20_000 },
  );
  assert.equal(stderr, '');
  return stdout;
}

test('a process ends with a running sandbox', async () => {
  await run('');
  await run('process.exit();');
  await run('sandbox.waitForRequests(1, { timeout: Infinity }); await null; process.exit();');
});

test('a sandbox without a reference runs until it is closed', async () => {
  const program = `
    import { setFlagsFromString } from 'node:v8';
    import { runInNewContext } from 'node:vm';
    setFlagsFromString('--expose-gc');
    const url = await Sandbox.start().then(({ url }) => url);
    for (let turn = 0; turn < 3; turn += 1) {
      runInNewContext('gc')();
      await new Promise((resolve) => setImmediate(resolve));
    }
    console.log((await fetch(url)).status);
  `;
  assert.equal(await run(program), '404\n');
});

test('a wait keeps the process until it ends', async () => {
  assert.equal(
    await run('await sandbox.waitForRequests(1, { timeout: 50 }).catch(() => console.log("late"));'),
    'late\n',
  );
  // An aborted wait does not.
  await run(`
    const controller = new AbortController();
    const waiting = sandbox.waitForRequests(1, { timeout: Infinity, signal: controller.signal });
    controller.abort();
    await waiting.catch(() => undefined);
  `);
});

test('a killed process leaves no listening socket', async () => {
  const child = spawn(process.execPath, [
    '--input-type=module',
    '--eval',
    `${PROGRAM} console.log(sandbox.url); setInterval(() => undefined, 1000);`,
  ]);
  const [url] = await once(child.stdout, 'data');
  child.kill();
  await once(child, 'exit');
  await isRefused(String(url));
});

test('the sandbox of a worker stops with the worker', async (t) => {
  const body = `
    import { parentPort } from 'node:worker_threads';
    ${PROGRAM}
    parentPort.postMessage(sandbox.url);
    sandbox.waitForRequests(2, { timeout: Infinity }).catch(() => undefined);
  `;
  const sandbox = await fresh(t);
  const workers = [0, 1, 2].map(() => new Worker(new URL(`data:text/javascript,${encodeURIComponent(body)}`)));
  const urls = await Promise.all(workers.map(async (worker) => String((await once(worker, 'message'))[0])));
  assert.equal(new Set([sandbox.url, ...urls]).size, 4);
  for (const url of urls) {
    const { apiKey, apiSecret } = sandbox;
    assert.equal((await ask(untyped({ url, apiKey, apiSecret }))).code, 0);
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  for (const url of urls) {
    await isRefused(url);
  }
  assert.equal((await ask(sandbox)).code, 0);
});
