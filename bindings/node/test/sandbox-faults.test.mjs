// @ts-check

/** Faults of the sandbox: how they are written, refused and played. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { inspect } from 'node:util';

import { faults } from 'recallflow/sandbox';

import { ask, CHANGE, post, UPDATE } from './signed-requests.mjs';
import { caught, sandboxFor, untyped } from './support.mjs';

/** @import { Fault } from 'recallflow/sandbox' */

test('a script takes faults of every form', async (t) => {
  const sandbox = await sandboxFor(t);
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
  const sandbox = await sandboxFor(t);
  sandbox.scriptFor('updateRecallFlow', -15);
  assert.equal((await ask(sandbox)).code, 0);
  assert.equal((await ask(sandbox, UPDATE, CHANGE)).code, -15);
  assert.throws(() => sandbox.scriptFor(untyped('updateFlow'), 503), {
    name: 'TypeError',
    message: /^`operation`: expected one of .*\bupdateRecallFlow\b.*, got 'updateFlow'/,
  });
  sandbox.scriptFor('voice/balance', { respond: { body: '{"code": 0, "data": [1]}' } });
  assert.deepEqual(await sandbox.client().call('voice/balance', {}), [1]);
  assert.throws(() => sandbox.scriptFor('updateRecallFlow', untyped('resetBefor')), /did you mean `reset/);
});

test('a wrong fault is refused, and nothing is scripted', async (t) => {
  const sandbox = await sandboxFor(t);
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
  const sandbox = await sandboxFor(t);
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
  const sandbox = await sandboxFor(t);
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
  const sandbox = await sandboxFor(t);
  sandbox.script('reset', 'close', { truncate: 5 }, { raw: '\0' });
  for (const code of ['ECONNRESET', 'ECONNRESET', 'ECONNRESET', 'HPE_INVALID_CONSTANT']) {
    assert.equal((await caught(() => ask(sandbox))).code, code);
  }
  sandbox.script(faults.envelope({ code: 'status', message: 'reason', codeAsText: true }));
  assert.equal((await ask(sandbox)).status, '0');
  sandbox.script(['reset', 'applied']);
  await assert.rejects(ask(sandbox, UPDATE, CHANGE));
  const last = sandbox.requests.at(-1)?.response;
  assert.deepEqual(last, { fault: ['reset', 'applied'], applied: true });
});
