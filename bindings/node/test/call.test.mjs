// @ts-check

/** Tests `Client.call`, which calls any other endpoint. */

import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';

import {
  ConfigError,
  InvalidRequestError,
  OutcomeUnknownError,
  ProtocolError,
  RecallFlowError,
  TimeoutError,
} from 'recallflow';
import { faults, Sandbox } from 'recallflow/sandbox';

import { rejectionOf } from './support.mjs';
import { cases, parseExactly } from './vectors.mjs';

/** @type {Sandbox} */
let sandbox;
/** @type {import('recallflow').Client} */
let client;
before(async () => {
  sandbox = await Sandbox.start();
  client = sandbox.client({ maxRetries: 0 });
});
beforeEach(() => sandbox.reset());
after(() => sandbox.close());

suite('a call ends as in the vectors:', () => {
  for (const each of cases('call')) {
    test(each.name, async () => {
      if (each.response !== undefined) {
        sandbox.script(faults.respond({ body: each.response }));
      }
      const outcome = await client
        .call(each.path, each.body, { kind: each.kind })
        .catch((/** @type {unknown} */ error) => error);
      const { requests } = sandbox;
      assert.equal(requests.length, each.response === undefined ? 0 : 1);
      if (each.error !== undefined) {
        assert(outcome instanceof RecallFlowError);
        assert.equal(outcome.name, each.error.kind);
        for (const part of each.error.message_contains) {
          assert(outcome.message.includes(part), outcome.message);
        }
        assert(!outcome.message.includes('hunter2'));
        return;
      }
      assert.deepEqual(outcome, parseExactly(each.data));
      const [request] = requests;
      assert.equal(request?.path, each.sent_path);
      assert.equal(request?.signatureValid, true);
      assert.deepEqual(parseExactly(request?.body ?? ''), each.body);
    });
  }
});

test('integers of any size are exact, and decimals are the nearest numbers', async () => {
  const most = 2n ** 64n - 1n;
  const data =
    '{"a":18446744073709551615,"b":[-12345678901234567890123],"c":0.12345678901234567890,"d":1e-1234567890123456}';
  sandbox.script(faults.respond({ body: `{"code":0,"data":${data}}` }));
  assert.deepEqual(await client.call('voice/numbers', { most, text: '18446744073709551615' }), {
    a: most,
    b: [-12345678901234567890123n],
    c: 0.12345678901234568,
    d: 0,
  });
  assert.equal(sandbox.requests[0]?.body, '{"most":18446744073709551615,"text":"18446744073709551615"}');
});

test('a value without a JSON form is an invalid request', async () => {
  for (const [body, message] of /** @type {[object, string][]} */ ([
    [{ a: [1, new Map()] }, '`a[1]` must have a JSON form, but is a `Map`'],
    [{ a: { b: NaN } }, '`a.b` must have a JSON form, but is NaN'],
    [new Date(0), 'the request must have a JSON form, but is a `Date`'],
  ])) {
    const error = await rejectionOf(client.call('voice/balance', body));
    assert(error instanceof InvalidRequestError);
    assert(error.message.includes(message), error.message);
  }
  assert.equal(sandbox.requests.length, 0);
});

test('a wrong path or kind is a config error', async () => {
  for (const [path, kind, message] of /** @type {[any, any, string][]} */ ([
    [undefined, 'query', 'expected a string for `path`'],
    [7, 'query', 'expected a string for `path`'],
    ['voice/balance', 'read', 'expected `kind` to be "query" or "update", got "read"'],
    ['voice/balance', null, 'expected a string for `kind`'],
  ])) {
    const error = await rejectionOf(client.call(path, {}, { kind }));
    assert(error instanceof ConfigError);
    assert(error.message.includes(message), error.message);
  }
});

test('a query is repeated and an update is not', async () => {
  const retrying = sandbox.client({ maxRetries: 1 });
  sandbox.script('reset', faults.respond({ body: '{"code":0,"data":1}' }));
  assert.equal(await retrying.call('voice/balance', {}), 1);
  sandbox.reset();
  sandbox.script('reset');
  const error = await rejectionOf(retrying.call('voice/balance', {}, { kind: 'update' }));
  assert(error instanceof OutcomeUnknownError);
  assert.equal(error.operation, '/voice/balance');
  assert.equal(sandbox.requests.length, 1);
});

test('the options of a call apply', async () => {
  sandbox.script('hold');
  const late = await rejectionOf(client.call('voice/balance', {}, { timeout: 50 }));
  assert(late instanceof TimeoutError);
  const aborted = await rejectionOf(client.call('voice/balance', {}, { signal: AbortSignal.abort('enough') }));
  assert.equal(aborted, 'enough');
  const wrong = await rejectionOf(client.call('voice/balance', {}, /** @type {any} */ ({ timeot: 50 })));
  assert(wrong instanceof ConfigError);
});

test('an unknown endpoint of the sandbox is not found', async () => {
  const error = await rejectionOf(client.call('voice/unknown', {}));
  assert(error instanceof ProtocolError);
  assert.equal(error.httpStatus, 404);
});
