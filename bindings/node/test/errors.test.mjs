// @ts-check

/** Tests the error classes, their properties and messages. */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';

import * as recallflow from 'recallflow';
import {
  ApiError,
  AuthenticationError,
  ConfigError,
  ConflictError,
  IncompleteError,
  InvalidRequestError,
  IpRestrictedError,
  OutcomeUnknownError,
  ParameterError,
  ProtocolError,
  RateLimitedError,
  RecallFlowError,
  ServiceError,
  TimeoutError,
  TimestampExpiredError,
  TransportError,
  UnavailableError,
  WaitError,
  validate,
} from 'recallflow';

import { CHANGE, SPAN } from './specimens.mjs';
import { rejectionOf, sandboxFor, thrownBy } from './support.mjs';

const require = createRequire(import.meta.url);
const { errorOf } = require('../dist/failures.js');
/** @type {{ native: import('../dist/native.js').Native }} */
const { native } = require('../dist/native.js');

const COMMON = {
  operation: 'updateRecallFlow',
  attempts: 3,
  remedy: 'wait',
  httpStatus: 429,
  retryAfter: 1500,
  phase: 'response',
  isRetryable: true,
};
const API = { code: -15, serviceMessage: 'slow down', meaning: 'too many requests' };
const VIOLATION = { path: 'keyId', rule: 'required', message: '`keyId` is required' };

/** Every class with its base class and its own properties. @type {[any, any, Record<string, unknown>][]} */
const CLASSES = [
  [RecallFlowError, Error, {}],
  [ConfigError, RecallFlowError, {}],
  [InvalidRequestError, RecallFlowError, { violations: [VIOLATION] }],
  [
    ConflictError,
    RecallFlowError,
    { status: 0, changes: [{ path: 'recallNum', before: 1, after: 2, text: '1 -> 2' }] },
  ],
  [IncompleteError, RecallFlowError, { drift: { totalAtStart: 4, totalAtEnd: 5, read: 4, repeated: 1 } }],
  [ApiError, RecallFlowError, API],
  [AuthenticationError, ApiError, API],
  [IpRestrictedError, ApiError, API],
  [TimestampExpiredError, ApiError, API],
  [RateLimitedError, ApiError, API],
  [ServiceError, ApiError, API],
  [ParameterError, ApiError, API],
  [TransportError, RecallFlowError, {}],
  [TimeoutError, TransportError, {}],
  [ProtocolError, RecallFlowError, { excerpt: '<html>' }],
  [UnavailableError, ProtocolError, { excerpt: '<html>' }],
  [OutcomeUnknownError, RecallFlowError, { cause: new TransportError('no response', { phase: 'body' }) }],
  [WaitError, RecallFlowError, { reason: 'unreachable' }],
];

test('the list covers every public error', () => {
  const isError = (value) => typeof value === 'function' && value.prototype instanceof Error;
  assert.deepEqual(new Set(Object.values(recallflow).filter(isError)), new Set(CLASSES.map(([type]) => type)));
});

suite('a class', () => {
  for (const [type, base, own] of CLASSES) {
    test(`${type.name}`, () => {
      const error = new type('what happened', { ...COMMON, ...own });
      assert.equal(Object.getPrototypeOf(type), base);
      assert(error instanceof Error && error instanceof RecallFlowError);
      assert.equal(recallflow[type.name], type);
      assert.equal(error.name, type.name);
      assert.equal(error.message, 'what happened');
      assert.equal(String(error), `${type.name}: what happened`);
      assert(error.stack?.startsWith(`${type.name}: what happened\n    at `), error.stack);
      for (const [name, value] of Object.entries({ ...COMMON, ...own })) {
        assert.deepEqual(error[name], value);
      }
      assert(inspect(error).startsWith(`${type.name}: what happened\n`));
      // The prototype has the name, not each error.
      assert(!Object.hasOwn(error, 'name'));
    });

    test(`${type.name} without arguments`, () => {
      const error = new type();
      assert.equal(error.message, '');
      assert.equal(error.attempts, 0);
      assert.equal(error.isRetryable, false);
      for (const name of Object.keys(COMMON).filter((each) => !['attempts', 'isRetryable'].includes(each))) {
        assert.equal(error[name], undefined);
        assert(!Object.hasOwn(error, name));
      }
      const drift = { totalAtStart: undefined, totalAtEnd: undefined, read: 0, repeated: 0 };
      const defaults = { violations: [], changes: [], drift, excerpt: '', serviceMessage: '', reason: 'timeout' };
      for (const name of Object.keys(own)) {
        assert.deepEqual(error[name], defaults[name]);
      }
    });

    test(`a class derived from ${type.name}`, () => {
      class Ours extends type {
        line = 12;
      }
      const error = new /** @type {any} */ (Ours)('what happened', own);
      assert(error instanceof type);
      assert.equal(error.line, 12);
      assert.equal(error.message, 'what happened');
    });
  }
});

suite('the error for a code', () => {
  /** @type {[number, any][]} */
  const codes = [
    [-1, AuthenticationError],
    [-2, IpRestrictedError],
    [-15, RateLimitedError],
    [-16, TimestampExpiredError],
    [-18, ServiceError],
    [-22, ParameterError],
    [-99, ApiError],
  ];
  for (const [code, type] of codes) {
    test(String(code), async (t) => {
      const sandbox = await sandboxFor(t);
      sandbox.script(code, code);
      const client = sandbox.client({ maxRetries: 0 });
      const error = await rejectionOf(client.queryGroupCalls(SPAN));
      assert.equal(error.constructor, type);
      assert.equal(error.code, code);
      assert.equal(error.operation, 'queryGroupCalls');
      assert.equal(error.httpStatus, 200);
      assert.equal(typeof error.serviceMessage, 'string');
      assert.equal(typeof error.meaning, code === -99 ? 'undefined' : 'string');
      assert(error.message.startsWith('queryGroupCalls: '));
      assert(error.remedy === undefined || error.message.includes(error.remedy));
      assert(!('phase' in error) || error.phase === undefined);
    });
  }
});

test('`retryAfter` is an integer, however long the wait is', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client({ maxRetries: 0 });
  sandbox.script([429, { header: ['Retry-After', '999999999999'] }]);
  const { retryAfter } = await rejectionOf(client.queryRecallFlowDetail(12));
  assert(Number.isInteger(retryAfter), String(retryAfter));
});

test('`retryAfter` is in milliseconds', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client({ maxRetries: 0 });
  sandbox.script([429, { header: ['Retry-After', '7'] }]);
  const error = await rejectionOf(client.queryRecallFlowDetail(12));
  assert(error instanceof RateLimitedError);
  assert.equal(error.retryAfter, 7000);
  assert.equal(error.httpStatus, 429);
  assert.equal(error.code, undefined);
  assert.equal(error.serviceMessage, '');
});

test('a broken connection is a transport error', async (t) => {
  const sandbox = await sandboxFor(t);
  const { url } = sandbox;
  sandbox.script('reset', 'close', 'reset');
  const error = await rejectionOf(sandbox.client().queryRecallFlowDetail(12));
  assert.equal(error.constructor, TransportError);
  assert.equal(error.attempts, 3);
  assert.match(error.message, /3 attempts/);
  assert.equal(typeof error.phase, 'string');
  const client = sandbox.client({ maxRetries: 0 });
  sandbox.close();
  const refused = await rejectionOf(client.updateRecallFlow(CHANGE));
  assert.equal(refused.constructor, TransportError);
  assert.equal(refused.phase, 'connect');
  assert(refused.message.includes(new URL(url).port), refused.message);
});

test('a foreign response is a protocol error', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client({ maxRetries: 0, maxResponseBytes: 1000 });
  sandbox.script({ respond: { status: 418, body: '<html>é😀</html>' } }, { oversized: { bytes: 5000 } });
  const error = await rejectionOf(client.queryRecallFlowDetail(12));
  assert.equal(error.constructor, ProtocolError);
  assert.equal(error.excerpt, '<html>é😀</html>');
  assert.equal(error.httpStatus, 418);
  const large = await rejectionOf(client.queryRecallFlowDetail(12));
  assert.equal(large.constructor, ProtocolError);
  assert.match(large.message, /1000 bytes/);
  assert.match(large.message, /`maxResponseBytes`/);
  assert(!large.message.includes('max_response_bytes'));
});

test('an unknown outcome has a cause', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client();
  sandbox.script('reset', 504, 'hold');
  const reset = await rejectionOf(client.updateRecallFlow(CHANGE));
  assert.equal(reset.constructor, OutcomeUnknownError);
  assert.equal(reset.cause.constructor, TransportError);
  assert.equal(reset.cause.operation, 'updateRecallFlow');
  assert.match(reset.message, /^updateRecallFlow: the update may or may not have been applied/);
  assert(Object.hasOwn(reset, 'cause'));
  assert(!Object.keys(reset).includes('cause'), 'it is shown as a cause');
  assert.match(inspect(reset), /\[cause\]: TransportError: /);
  assert(!/_recall_flow/.test(inspect(reset, { depth: null })));

  const gateway = await rejectionOf(client.updateRecallFlow(CHANGE));
  assert.equal(gateway.constructor, OutcomeUnknownError);
  assert.equal(gateway.httpStatus, 504);
  assert.equal(gateway.cause.constructor, UnavailableError);
  assert.equal(gateway.outcomeIsKnown, false);

  const late = await rejectionOf(client.updateRecallFlow(CHANGE, { timeout: 100 }));
  assert.equal(late.constructor, OutcomeUnknownError);
  assert(!(late instanceof TimeoutError));
  assert.equal(late.cause.constructor, TimeoutError);
  assert.equal(late.phase, 'response');
  assert.equal(sandbox.requests.length, 3);
});

test('an invalid request lists every violation, and is not sent', async (t) => {
  const sandbox = await sandboxFor(t);
  const update = { ...CHANGE, recallInterval: 0, recallNum: 11 };
  const error = await rejectionOf(sandbox.client().updateRecallFlow(update));
  assert(error instanceof InvalidRequestError);
  assert.deepEqual(error.violations, validate(update, 'UpdateRecallFlow'));
  assert.deepEqual(
    error.violations.map(({ path, rule }) => [path, rule]),
    [
      ['recallInterval', 'range'],
      ['recallNum', 'range'],
    ],
  );
  assert.equal(error.operation, 'updateRecallFlow');
  assert.equal(error.attempts, 0);
  assert(error.violations.every(({ message }) => error.message.includes(message)));
  assert.deepEqual(sandbox.requests, []);
});

test('names in arguments are not converted', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client({ maxRetries: 0 });
  const wrong = /** @type {any} */ ({ ...CHANGE, recall_num: 1, base_url: 'x' });
  const error = await rejectionOf(client.updateRecallFlow(wrong));
  assert.match(error.message, /`recall_num` is not a field/);
  assert.deepEqual(error.violations.map(({ path }) => path).sort(), ['base_url', 'recall_num']);
  assert.throws(() => new recallflow.Client(/** @type {any} */ ({ apiKey: 'k', apiSecret: 's', base_url: 'x' })), {
    message: 'unknown client option `base_url`; did you mean `baseUrl`?',
  });
  const message = 'bad `voice_file_id`: query_recall_flow_detail';
  sandbox.script({ respond: { status: 200, body: { code: -22, msg: message } } });
  const refused = await rejectionOf(client.queryRecallFlowDetail(12));
  assert.equal(refused.serviceMessage, message);
  assert(refused.message.includes(message), refused.message);
});

test('messages use camel case', () => {
  const options = { apiKey: 'key', apiSecret: 'secret' };
  const texts = [
    { ...options, baseUrl: 'http://example.com' },
    { ...options, baseUrl: 'nothing' },
    { ...options, caFile: '/no/such/file' },
    { ...options, clientCertificate: '/no/such/file' },
    { ...options, proxy: 'nothing' },
    { ...options, timeout: 0 },
    { ...options, maxResponseBytes: 0 },
  ].map((wrong) => thrownBy(() => new recallflow.Client(wrong)).message);
  for (const text of texts) {
    assert(!/[a-z]_[a-z]/.test(text), text);
  }
  assert.match(texts[0] ?? '', /`dangerouslyAllowHttp`/);
});

test('every option has its name of this package in messages of the core', () => {
  const names = native.optionNames();
  for (const known of ['apiKey', 'clientCertificate', 'maxConnections', 'signal', 'timeout']) {
    assert(names.includes(known), known);
  }
  for (const name of names) {
    const nameInCore = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const { message, remedy } = errorOf({
      name: 'TransportError',
      attempts: 1,
      message: `could not use \`${nameInCore}\``,
      remedy: `raise \`${nameInCore}\`, not \`${nameInCore}_more\``,
    });
    assert.equal(message, `could not use \`${name}\``);
    assert.equal(remedy, `raise \`${name}\`, not \`${nameInCore}_more\``);
  }
});

suite('the error for a misspelt option suggests the right one', () => {
  const options = { apiKey: 'key', apiSecret: 'secret' };
  /** @type {[any, string][]} */
  const misspelt = [
    [{ ...options, timeOut: 5 }, 'unknown client option `timeOut`; did you mean `timeout`?'],
    [{ ...options, retries: 5 }, 'unknown client option `retries`; did you mean `maxRetries`?'],
    [{ ...options, maxretrys: 5 }, 'unknown client option `maxretrys`; did you mean `maxRetries`?'],
    [{ ...options, base_url: 'x' }, 'unknown client option `base_url`; did you mean `baseUrl`?'],
    [{ apikey: 'key', apiSecret: 'secret' }, 'unknown client option `apikey`; did you mean `apiKey`?'],
    [{ ...options, colour: 'red' }, 'unknown client option `colour`'],
  ];
  for (const [wrong, message] of misspelt) {
    test(`of a client: ${message}`, () => {
      const error = thrownBy(() => new recallflow.Client(wrong));
      assert.equal(error.constructor, ConfigError);
      assert.equal(error.message, message);
    });
  }

  test('of a client of the environment', () => {
    const told = (wrong) => thrownBy(() => recallflow.Client.fromEnv(wrong)).message;
    assert.equal(told({ timeOut: 5 }), 'unknown client option `timeOut`; did you mean `timeout`?');
    assert.equal(told({ apikey: 'key' }), 'unknown client option `apikey`; did you mean `apiKey`?');
  });

  test('of a call', async () => {
    const client = new recallflow.Client({ ...options, baseUrl: 'http://127.0.0.1:9' });
    for (const [wrong, message] of /** @type {[any, string][]} */ ([
      [{ timeoutMs: 5 }, 'unknown call option `timeoutMs`; did you mean `timeout`?'],
      [{ retries: 5 }, 'unknown call option `retries`; did you mean `maxRetries`?'],
      [{ Signal: 5 }, 'unknown call option `Signal`; did you mean `signal`?'],
      [{ colour: 5 }, 'unknown call option `colour`'],
    ])) {
      const error = await rejectionOf(client.queryRecallFlowDetail(12, wrong));
      assert.equal(error.constructor, ConfigError);
      assert.equal(error.message, message);
      assert.equal(thrownBy(() => client.groupCalls(SPAN, wrong)).message, message);
    }
  });
});

suite('the JSON of an error', () => {
  for (const [type, , own] of CLASSES) {
    test(`of ${type.name} has all properties`, () => {
      const { cause, ...rest } = own;
      const error = new type('what happened', { ...COMMON, ...own });
      const { cause: written, ...json } = JSON.parse(JSON.stringify(error));
      assert.deepEqual(json, { name: type.name, message: 'what happened', ...COMMON, ...rest });
      const defaults = { attempts: 0, isRetryable: false };
      const expected = { name: 'TransportError', message: 'no response', ...defaults, phase: 'body' };
      assert.deepEqual(written, cause === undefined ? undefined : expected);
    });
  }

  test('has the properties of a derived class', () => {
    class Ours extends TransportError {
      line = 12;
    }
    const json = JSON.parse(JSON.stringify({ error: new Ours('no response', { phase: 'tls' }) }));
    assert.deepEqual(json.error, {
      name: 'TransportError',
      message: 'no response',
      attempts: 0,
      isRetryable: false,
      phase: 'tls',
      line: 12,
    });
  });

  test('has only the text of a foreign cause', () => {
    const causeOf = (cause) => JSON.parse(JSON.stringify(new RecallFlowError('x', { cause }))).cause;
    assert.equal(causeOf(Object.assign(new TypeError('wrong'), { password: 'hidden' })), 'TypeError: wrong');
    assert.equal(causeOf({ password: 'hidden' }), '[object Object]');
    assert.equal(causeOf({ toJSON: () => 'itself' }), '[object Object]');
    const failing = Object.assign(new TypeError('wrong'), {
      toString() {
        throw new TypeError('no text');
      },
    });
    assert.equal(causeOf(failing), 'a cause that cannot be shown');
    assert.equal(causeOf('text'), 'text');
    assert.equal(causeOf(null), null);
    assert.equal(causeOf(undefined), undefined);
    assert.equal(causeOf(5n), '5');
  });

  test('is finite for circular causes', () => {
    const error = new RecallFlowError('x');
    error.cause = new RecallFlowError('y', { cause: error });
    assert.match(JSON.stringify(error), /"message":"y".*"message":"x"/);
  });

  test('has a code beyond 2^53 as text', () => {
    const json = JSON.parse(JSON.stringify(new ApiError('x', { code: 2n ** 60n })));
    assert.equal(json.code, String(2n ** 60n));
  });

  test('does not change how an error is printed', () => {
    assert(!inspect(new ConfigError('x'), { showHidden: true, depth: 0 }).includes('toJSON'));
  });
});

test('the error for a response sent as an update suggests `toUpdate`', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client();
  const detail = await client.queryRecallFlowDetail(299);
  const { nodeList } = detail;
  for (const wrong of [detail, { ...detail, recallNum: 2 }, { ...detail.toUpdate(), nodeList }]) {
    const error = await rejectionOf(client.updateRecallFlow(/** @type {any} */ (wrong)));
    assert.equal(error.constructor, InvalidRequestError);
    assert.match(error.message, /; to write back a response, pass the result of its `toUpdate\(\)`$/);
    assert(error.message.endsWith(error.remedy));
  }
  const error = await rejectionOf(client.updateRecallFlow(/** @type {any} */ ({ ...CHANGE, extras: 1 })));
  assert(!error.message.includes('toUpdate'), error.message);
  const page = await client.queryGroupCalls(SPAN);
  const other = await rejectionOf(client.queryGroupCalls(/** @type {any} */ (page)));
  assert(other instanceof InvalidRequestError && !other.message.includes('toUpdate'));
});

test('a cause is printed with the stack of the caller only', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script(['reset', 'applied']);
  const errors = [
    await rejectionOf(sandbox.client().updateRecallFlow(CHANGE)),
    thrownBy(() => recallflow.RecallNode.reupload('hello', '/no/such/file')),
  ];
  for (const error of errors) {
    const printed = inspect(error);
    assert.match(printed, /\[cause\]: \w*Error: .*\n +at .*errors\.test\.mjs/);
    assert(!printed.includes('dist'), printed);
  }
});
