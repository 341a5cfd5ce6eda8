// @ts-check

/** The sandbox as Node drives it, asked by a client of Node's own library that signs by itself. */

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
import { Recorded, Sandbox } from 'recallflow/sandbox';

/** @import { Fault, SandboxOptions } from 'recallflow/sandbox' */

const DETAIL = '/voice/recallFlow/queryDetail';
const UPDATE = '/voice/recallFlow/update';
const TASKS = '/voice/group/call/query';

const CHANGE = { keyId: 299, recallInterval: 30, recallNum: 3, recallType: 0 };

/**
 * A sandbox that ends with the test.
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
 * Sends a request of the API that has no answer yet.
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
 * Sends a request of the API, and reads the answer.
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
 * The envelope that answers a request.
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
 * What an action throws or rejects with.
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
 * Checks that nobody listens any more.
 *
 * @param {string} url
 */
async function isRefused(url) {
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
  await assert.rejects(once(socket, 'connect'), { code: 'ECONNREFUSED' });
}

test('it behaves as the service does', async (t) => {
  const sandbox = await fresh(t);
  assert.equal((await ask(sandbox, UPDATE, CHANGE)).code, 0);
  assert.equal((await ask(sandbox, DETAIL, { keyId: 299 })).data.recallNum, 3);
  assert.equal((await ask(sandbox, UPDATE, { ...CHANGE, recallNum: 99 })).code, -22);
  assert.equal(sandbox.flow(299)?.['recallNum'], 3);
  assert.equal(sandbox.flow(299n)?.['recallNum'], 3);
  assert.equal(sandbox.flow(1), undefined);
  assert.equal(sandbox.flow(2n ** 70n), undefined);
  sandbox.reset();
  assert.equal(sandbox.flow(299)?.['recallNum'], 1);
});

test('a client of it needs nothing else', async (t) => {
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
  const faults = [503, -15, 'ok', { respond: { status: 418, body: 'tea' } }, [504, 'applied']];
  sandbox.script(...faults);
  assert.equal(sandbox.faultsLeft, 5);
  for (const expected of [503, 200, 200, 418, 504, 200]) {
    assert.equal((await post(sandbox)).status, expected);
  }
  assert.equal(sandbox.faultsLeft, 0);
  const answers = sandbox.requests.map(({ answered }) => answered);
  assert.deepEqual(
    answers.map(({ code }) => code),
    [undefined, -15, 0, undefined, undefined, 0],
  );
  assert.deepEqual(
    answers.map(({ carriedOut }) => carriedOut),
    [false, false, true, false, true, true],
  );
  // As they were written, but for what the form leaves open.
  faults[3] = { respond: { status: 418, headers: [], body: 'tea' } };
  assert.deepEqual(
    answers.map(({ fault }) => fault),
    [...faults, undefined],
  );
});

test('a script for an operation waits for it', async (t) => {
  const sandbox = await fresh(t);
  sandbox.scriptFor('updateRecallFlow', -15);
  assert.equal((await ask(sandbox)).code, 0);
  assert.equal((await ask(sandbox, UPDATE, CHANGE)).code, -15);
  assert.throws(() => sandbox.scriptFor(untyped('updateFlow'), 503), {
    name: 'TypeError',
    message: 'there is no operation `updateFlow`; there are queryGroupCalls, queryRecallFlowDetail, updateRecallFlow',
  });
  assert.throws(() => sandbox.scriptFor('updateRecallFlow', untyped('reset_befor')), /`reset_before_read`/);
});

test('what is no fault is refused, and the rest not scripted', async (t) => {
  const sandbox = await fresh(t);
  /** @type {[unknown, RegExp][]} */
  const wrongs = [
    ['rest', /unknown variant `rest`, expected one of .*`reset_before_read`/],
    [{ truncate: 'x' }, /expected usize/],
    [{ respond: { status: 200, boby: '' } }, /unknown field `boby`/],
    [{ respond: 5 }, /is no fault/],
    [{ raw: 5 }, /text or \{"base64": text\}/],
    [{ edit: { header: [] } }, /is no fault/],
    [1.5, /1\.5 is no fault/],
    [200, /an HTTP status is 300 to 599/],
    [600, /an HTTP status is 300 to 599/],
    [true, /true is no fault/],
    [null, /null is no fault/],
    [undefined, /a fault: undefined cannot be written as JSON/],
    [NaN, /a fault: NaN cannot be written as JSON/],
    [[503, { delay: Infinity }], /a fault: Infinity cannot be written as JSON/],
    [() => 503, /a fault: a function cannot be written as JSON/],
    [new Date(), /a fault: a `Date`.* cannot be written as JSON/],
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

/** One fault of every kind, as the types have it. */
/** @type {Fault[]} */
const SPECIMENS = [
  'ok',
  'applied',
  'reset',
  'reset_before_read',
  'close',
  'hold',
  'chunked',
  'until_close',
  { status: 503 },
  { code: -15 },
  { respond: { status: 200 } },
  { raw: 'SSH' },
  { oversized: { bytes: null } },
  { reflect: 'message' },
  { delay: 1 },
  { edit: 'gzip' },
  { edit: { status: 500 } },
  { edit: { header: ['Date', null] } },
  { edit: { add: ['A', 'b'] } },
  { edit: { headers: { count: 5, bytes: 3 } } },
  { edit: { body: [] } },
  { edit: { envelope: { code_as_text: true } } },
  { edit: { gzip_bomb: 9 } },
  { truncate: 5 },
  { content_length: 5 },
  { interim: { count: 3 } },
  { interim: { count: 3, at_once: true } },
  { drip_head: { bytes: 1, interval: 1 } },
  { drip_body: { bytes: 1, interval: 1 } },
  { end: 'stale' },
];

/** @param {unknown} fault */
function nameOf(fault) {
  return typeof fault === 'object' && fault !== null ? Object.keys(fault)[0] : fault;
}

test('every kind of fault has a type', async (t) => {
  const sandbox = await fresh(t);
  sandbox.script(...SPECIMENS);
  assert.equal(sandbox.faultsLeft, SPECIMENS.length);
  /** @param {unknown} wrong */
  const known = async (wrong) => {
    const { message } = await thrown(() => sandbox.script(untyped(wrong)));
    return [...message.split('expected one of ')[1].matchAll(/`(\w+)`/g)].map(([, name]) => name).sort();
  };
  // An array stands for `all`.
  assert.deepEqual(await known('?'), [...new Set(SPECIMENS.map(nameOf)), 'all'].sort());
  const edits = untyped(SPECIMENS).flatMap((/** @type {any} */ { edit }) => (edit === undefined ? [] : [nameOf(edit)]));
  assert.deepEqual(await known({ edit: '?' }), edits.sort());
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
    [[{ edit: { body: [1, null] } }, { edit: { status: 201 } }, { edit: { header: ['X-A', 'b'] } }], '[1,null]'],
    [[{ edit: { body: bytes.subarray(1) } }, { edit: { status: 201 } }, { edit: { header: ['X-A', 'b'] } }], '\0\x01'],
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
  sandbox.script({ edit: { envelope: { code: 'status', message: 'reason', code_as_text: true } } });
  assert.equal((await ask(sandbox)).status, '0');
  sandbox.script(['reset', 'applied']);
  await assert.rejects(ask(sandbox, UPDATE, CHANGE));
  const last = sandbox.requests.at(-1)?.answered;
  assert.deepEqual(last, { status: undefined, code: undefined, fault: ['reset', 'applied'], carriedOut: true });
});

test('requests are recorded', async (t) => {
  const sandbox = await fresh(t);
  const before = Date.now();
  await ask(sandbox);
  await post(sandbox, '/v3/nothing?x=1', {});
  const [first, second] = sandbox.requests;
  assert.ok(first instanceof Recorded && second !== undefined);
  assert.deepEqual([first.operation, first.method, first.path], ['queryRecallFlowDetail', 'POST', DETAIL]);
  assert.deepEqual([first.header('sIGN'), first.header('none')], ['[redacted]', undefined]);
  assert.deepEqual(first.headers.find(([, value]) => value === sandbox.apiKey)?.[0], 'Api-Key');
  assert.deepEqual([first.signatureValid, first.body, first.json()], [true, '{"keyId":12}', { keyId: 12 }]);
  assert.deepEqual([first.bodyLength, first.connection, second.connection], [12, 1, 2]);
  assert.ok(Math.abs(first.time.getTime() - before) < 60_000);
  assert.deepEqual(first.answered, { status: 200, code: 0, fault: undefined, carriedOut: true });
  assert.deepEqual([second.operation, second.path, second.answered.status], [undefined, '/v3/nothing', 404]);
  assert.deepEqual(sandbox.requests, sandbox.requests);
  assert.equal(sandbox.connections, 2);
  await sandbox.waitForOpenConnections(0);
  assert.equal(sandbox.openConnections, 0);
  sandbox.reset();
  assert.deepEqual(sandbox.requests, []);
});

test('requests can be waited for, whatever timers do', async (t) => {
  const sandbox = await fresh(t);
  t.mock.timers.enable();
  await assert.rejects(sandbox.waitForRequests(1, { timeout: 10 }), {
    name: 'Error',
    message: '1 requests were to come within 10 ms, and 0 did',
  });
  sandbox.script('hold');
  const waiting = sandbox.waitForRequests(1);
  const request = send(sandbox).on('error', () => {});
  const [first, ...rest] = await waiting;
  assert.deepEqual([first?.answered.fault, rest.length], ['hold', 0]);
  assert.equal(sandbox.openConnections, 1);
  await assert.rejects(sandbox.waitForOpenConnections(0, { timeout: 0 }), {
    message: 'after 0 ms 1 connections are open, more than 0',
  });
  request.destroy();
  await sandbox.waitForOpenConnections(0, { timeout: Infinity });
  await sandbox.waitForRequests(0, { timeout: 0 });
});

test('a wait ends when it is aborted, or the sandbox closed', async (t) => {
  const sandbox = await fresh(t);
  const reason = new Error('enough');
  await assert.rejects(sandbox.waitForRequests(1, { signal: AbortSignal.abort(reason) }), reason);
  const controller = new AbortController();
  const aborted = assert.rejects(sandbox.waitForRequests(1, { signal: controller.signal }), reason);
  controller.abort(reason);
  await aborted;
  // A signal that is aborted later has nothing to end any more.
  const idle = new AbortController();
  await sandbox.waitForRequests(0, { signal: idle.signal });
  idle.abort();

  const closed = Promise.all([
    assert.rejects(sandbox.waitForRequests(1), { message: 'the sandbox was closed' }),
    assert.rejects(
      sandbox.waitForOpenConnections(0).then(() => sandbox.waitForRequests(1)),
      /was closed/,
    ),
  ]);
  sandbox.close();
  await closed;
  await assert.rejects(sandbox.waitForRequests(0), /was closed/);
});

test('what a wait is told must make sense', async (t) => {
  const sandbox = await fresh(t);
  for (const wrong of [-1, 1.5, NaN, Infinity, 2 ** 32]) {
    await assert.rejects(sandbox.waitForRequests(wrong), RangeError);
    await assert.rejects(sandbox.waitForOpenConnections(wrong), RangeError);
  }
  await assert.rejects(sandbox.waitForRequests(untyped('1')), TypeError);
  for (const timeout of [-1, NaN]) {
    await assert.rejects(sandbox.waitForRequests(1, { timeout }), RangeError);
  }
  await assert.rejects(sandbox.waitForRequests(1, { timeout: untyped('1') }), TypeError);
  await assert.rejects(sandbox.waitForRequests(1, { signal: untyped({}) }), {
    name: 'TypeError',
    message: /AbortSignal/,
  });
});

test('flows and tasks can be inserted', async (t) => {
  const sandbox = await fresh(t);
  sandbox.insertFlow({ keyId: 5, status: 0, nodeList: [] });
  assert.equal((await ask(sandbox, UPDATE, { ...CHANGE, keyId: 5 })).code, 0);
  assert.throws(() => sandbox.insertFlow({ status: 0 }), { name: 'TypeError', message: /whole number as keyId/ });
  assert.throws(() => sandbox.insertFlow(untyped(5)), TypeError);
  assert.throws(() => sandbox.insertFlow({ keyId: NaN }), /a flow: NaN cannot be written as JSON/);
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
    audio: null,
    progress: null,
  });
  sandbox.insertTask({ taskId: 2 }, { filedAt: '2031-01-01 00:00:00', progress: { startsAfter: -10, lasts: 5 } });
  assert.deepEqual((await query()).map((/** @type {any} */ { taskId, status }) => [taskId, status]).sort(), [
    [1, 2],
    [2, 2],
  ]);
  // Of another kind, which somebody asked for.
  sandbox.insertTask({ taskId: 3, taskType: 1, createdTime: '2031-01-01 00:00:00' });
  assert.equal((await query()).length, 2);
  const before = sandbox.tasks;
  assert.throws(() => sandbox.insertTask({}, { progress: untyped({ lasts: 5 }) }), /missing field `startsAfter`/);
  assert.throws(() => sandbox.insertTask({}, { appId: untyped('x') }), { name: 'TypeError', message: /^a task: / });
  assert.throws(() => sandbox.insertTask(untyped([])), TypeError);
  assert.deepEqual(sandbox.tasks, before);
});

test('what a client read can be inserted', async (t) => {
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
    message: 'no such shape: round (there are flat, page, flat-with-paging)',
  });
  assert.throws(() => sandbox.setShape(untyped(5)), /no such shape: 5/);
  for (const wrong of [NaN, Infinity, -Infinity]) {
    assert.throws(() => sandbox.setClockOffset(wrong), RangeError);
  }
  assert.throws(() => sandbox.setClockOffset(untyped('1')), TypeError);
  assert.throws(() => sandbox.flow(1.5), RangeError);
});

test('options', async (t) => {
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

test('a seed may be a file', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'recallflow-seed-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'seed.json');
  // Its key is beyond what numbers of JavaScript tell apart.
  await writeFile(
    file,
    '{"flows": [{"keyId": 9007199254740993, "status": 0}], "tasks": [{"record": {"taskId": 1}}]}\n',
  );
  for (const seed of [file, pathToFileURL(file)]) {
    for (const options of [{}, { shape: /** @type {const} */ ('page'), apiKey: 'key' }]) {
      const sandbox = await fresh(t, { ...options, seed });
      assert.notEqual(sandbox.flow(2n ** 53n + 1n), undefined);
      assert.deepEqual([sandbox.flow(299), sandbox.tasks.length], [undefined, 1]);
      assert.equal(sandbox.apiKey === 'key', 'apiKey' in options);
    }
  }
  await assert.rejects(Sandbox.start({ seed: join(folder, 'none.json') }), {
    name: 'Error',
    code: 'ENOENT',
    message: /none\.json' \(the file of `seed`\)$/,
  });
  await assert.rejects(Sandbox.start({ seed: new URL('https://example.com/seed.json') }), TypeError);
  for (const text of ['', '{}, "port": 1', '{"flows": [}']) {
    await writeFile(file, text);
    await assert.rejects(Sandbox.start({ seed: file }), {
      name: 'TypeError',
      message: /^seed: the file .* is no JSON: /,
    });
  }
  await writeFile(file, '{"flow": []}');
  const error = await thrown(() => Sandbox.start({ seed: file }));
  assert.match(error.message, /^seed: unknown field `flow`/);
  assert.match(String(error.stack), /^TypeError: seed: .*\n +at .*sandbox\.test\.mjs/);
});

test('wrong options are named', async () => {
  /** @type {[unknown, ErrorConstructor | TypeErrorConstructor, RegExp][]} */
  const wrongs = [
    [{ port: 70000 }, RangeError, /^`port` must be a whole number from 0 to 65535, but is 70000$/],
    [{ port: '80' }, TypeError, /^`port`/],
    [{ host: 'localhost' }, TypeError, /^host: localhost is no IP address$/],
    [{ shape: 'round' }, TypeError, /no such shape: round/],
    [{ seed: { flow: [] } }, TypeError, /^seed: unknown field `flow`/],
    [{ seed: { flows: [{ keyId: NaN }] } }, TypeError, /^the options: NaN cannot be written as JSON$/],
    [{ timestampWindow: -1 }, RangeError, /^`timestampWindow`/],
    [{ allowedIps: '127.0.0.1' }, TypeError, /^allowedIps: /],
    [{ apiKey: 5 }, TypeError, /^apiKey: /],
    [{ api_key: 'key' }, TypeError, /^there is no option `api_key`$/],
    [4010, TypeError, /must be an object/],
  ];
  for (const [wrong, type, message] of wrongs) {
    const error = await thrown(() => Sandbox.start(untyped(wrong)));
    assert.ok(error instanceof type, inspect(error));
    assert.match(error.message, message);
  }
});

test('a sandbox that is made without being started says how', async () => {
  const error = await thrown(() => new (untyped(Sandbox))());
  assert.ok(error instanceof TypeError);
  assert.equal(error.message, 'a sandbox is started: `await Sandbox.start()`');
  assert.match(String(error.stack), /^TypeError: a sandbox is started: .*\n +at .*sandbox\.test\.mjs/);
});

test('a port in use is an error of the system, and a close frees it', async (t) => {
  const first = await fresh(t);
  const port = Number(new URL(first.url).port);
  await assert.rejects(Sandbox.start({ port }), { name: 'Error', code: 'EADDRINUSE' });
  // Even when somebody waits for it at the time.
  const waiting = assert.rejects(first.waitForRequests(1), /was closed/);
  first.close();
  const second = await fresh(t, { port });
  assert.equal(second.url, first.url);
  await waiting;
});

test('a closed sandbox says so', async () => {
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
    () => sandbox.flow(2n ** 70n),
    () => sandbox.insertFlow({ keyId: 1 }),
    () => sandbox.insertTask({}),
    () => sandbox.setShape('flat'),
    () => sandbox.setClockOffset(0),
  ];
  for (const use of uses) {
    assert.throws(use, { name: 'Error', message: 'the sandbox was closed' }, String(use));
  }
  await isRefused(url);
});

test('it ends with its block', async () => {
  const sandbox = await Sandbox.start();
  sandbox[Symbol.dispose]();
  assert.throws(() => sandbox.requests, /was closed/);
  const other = await Sandbox.start();
  await other[Symbol.asyncDispose]();
  assert.throws(() => other.requests, /was closed/);
});

test('errors have the stack of who called', async (t) => {
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

test('printing it shows where it is, and no secret', async (t) => {
  const sandbox = await fresh(t, { apiSecret: 'classified' });
  assert.equal(inspect(sandbox), `Sandbox { url: '${sandbox.url}', isRunning: true }`);
  sandbox.close();
  assert.equal(inspect(sandbox), `Sandbox { url: '${sandbox.url}', isRunning: false }`);
  assert.doesNotMatch(inspect({ sandbox }, { showHidden: true, depth: null }), /classified/);
});

test('many start, serve and end beside each other', async () => {
  const sandboxes = await Promise.all(Array.from({ length: 20 }, () => Sandbox.start()));
  assert.equal(new Set(sandboxes.map(({ url }) => url)).size, 20);
  const answers = await Promise.all(sandboxes.map((sandbox) => ask(sandbox)));
  assert.ok(answers.every(({ code }) => code === 0));
  for (const sandbox of sandboxes) {
    assert.equal(sandbox.requests.length, 1);
    sandbox.close();
  }
});

test('it works where modules have a realm of their own, as Jest gives them', async () => {
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

/** The beginning of programs, with a sandbox on which a connection is held. */
const PROGRAM = `
  import net from 'node:net';
  import { Sandbox } from ${JSON.stringify(import.meta.resolve('recallflow/sandbox'))};
  const sandbox = await Sandbox.start();
  const held = net.connect(Number(new URL(sandbox.url).port), '127.0.0.1').unref();
  await new Promise((resolve) => held.once('connect', resolve));
`;

/**
 * Runs a program to its end, which must come soon, and returns what it wrote.
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

test('it runs until it is closed, whoever knows it', async () => {
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
  // One that was given up does not.
  await run(`
    const controller = new AbortController();
    const waiting = sandbox.waitForRequests(1, { timeout: Infinity, signal: controller.signal });
    controller.abort();
    await waiting.catch(() => undefined);
  `);
});

test('a process that is killed leaves nothing behind', async () => {
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

test('workers have sandboxes of their own, which end with them', async (t) => {
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
