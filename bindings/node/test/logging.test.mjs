// @ts-check

/** Tests the logger of a client. */

import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { runInNewContext } from 'node:vm';

import { pino } from 'pino';
import { Sandbox } from 'recallflow/sandbox';
import winston from 'winston';

import { SPAN } from './specimens.mjs';
import { collect, pageOf, rejectionOf } from './support.mjs';

/** @type {Sandbox} */
let sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.start();
});
afterEach(() => sandbox.close());

/** The fields of a successful first attempt of `queryRecallFlowDetail`. */
const ATTEMPT = { attempt: 1, httpStatus: 200, code: 0, operation: 'queryRecallFlowDetail' };

/** Returns the fields of an attempt without its duration. */
function withoutDuration(/** @type {any} */ { elapsedMs, ...fields }) {
  assert(elapsedMs > 0);
  return fields;
}

/** Returns a logger that keeps its records. */
function recordingLogger() {
  /** @type {{ level: string, message: string, fields: any }[]} */
  const records = [];
  const keep = (/** @type {string} */ level) => (/** @type {string} */ message, /** @type {any} */ fields) => {
    records.push({ level, message, fields });
  };
  const logger = { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
  return { records, logger };
}

test('every attempt is logged, with fields in camel case', async () => {
  const { records, logger } = recordingLogger();
  sandbox.script(-18, 503);
  await sandbox.client({ logger }).queryRecallFlowDetail(12);
  assert.deepEqual(
    records.map(({ level, message }) => [level, message]),
    [
      ['debug', 'attempt failed'],
      ['debug', 'attempt failed'],
      ['debug', 'attempt succeeded'],
    ],
  );
  assert.deepEqual(
    records.map(({ fields }) => fields.attempt),
    [1, 2, 3],
  );
  for (const { fields } of records) {
    assert.equal(fields.operation, 'queryRecallFlowDetail');
    assert(
      Object.keys(fields).every((name) => /^[a-z][a-zA-Z]*$/.test(name)),
      Object.keys(fields).join(),
    );
  }
  assert.equal(records[0]?.fields.code, -18);
  assert.equal(records[1]?.fields.httpStatus, 503);
  assert.deepEqual(withoutDuration(records[2]?.fields), { ...ATTEMPT, attempt: 3 });
});

test('log records come before the call ends', async () => {
  const { records, logger } = recordingLogger();
  const client = sandbox.client({ logger });
  await client.queryRecallFlowDetail(12);
  assert.equal(records.length, 1);
  sandbox.script(-22);
  await rejectionOf(client.queryRecallFlowDetail(12));
  assert.equal(records.length, 2);
  await client.updateRecallFlow({ keyId: 299, recallInterval: 5, recallNum: 1, recallType: 0 });
  assert.equal(records.length, 3);
  assert.equal(records[2]?.fields.operation, 'updateRecallFlow');
});

test('drift is logged as a warning', async () => {
  const { records, logger } = recordingLogger();
  sandbox.script(pageOf([1], 2, 2), pageOf([1], 3, 2));
  const tasks = sandbox.client({ logger }).groupCalls(SPAN);
  await collect(tasks);
  const warned = records.filter(({ level }) => level === 'warn');
  assert.equal(warned.length, 1);
  assert.match(warned[0]?.message ?? '', /changed/);
  assert.deepEqual(
    records.filter(({ level }) => level === 'debug').map(({ fields }) => fields.operation),
    ['queryGroupCalls', 'queryGroupCalls'],
  );
});

suite('a logger', () => {
  test('may have only some of the methods', async () => {
    for (const logger of [{}, { warn: () => undefined }, { debug: undefined }, Object.create(null)]) {
      assert.equal((await sandbox.client({ logger }).queryRecallFlowDetail(12)).keyId, 12);
    }
  });

  test('may be the console', async (t) => {
    const debug = t.mock.method(console, 'debug', () => undefined);
    await sandbox.client({ logger: console }).queryRecallFlowDetail(12);
    assert.equal(debug.mock.callCount(), 1);
  });

  test('may be one of pino, which takes the fields first', async () => {
    /** @type {any[]} */
    const lines = [];
    const logger = pino({ level: 'debug' }, { write: (/** @type {string} */ line) => lines.push(JSON.parse(line)) });
    for (const each of [logger, logger.child({ request: 7 })]) {
      await sandbox.client({ logger: each }).queryRecallFlowDetail(12);
    }
    for (const { msg, attempt, httpStatus, code, operation } of lines) {
      assert.deepEqual({ msg, attempt, httpStatus, code, operation }, { msg: 'attempt succeeded', ...ATTEMPT });
    }
    assert.deepEqual(
      lines.map(({ request }) => request),
      [undefined, 7],
    );
  });

  test('may be one of bunyan, which takes the fields first', async () => {
    /** @type {any[]} */
    const lines = [];
    const logger = { addSerializers: () => undefined, debug: (/** @type {any[]} */ ...line) => lines.push(line) };
    await sandbox.client({ logger }).queryRecallFlowDetail(12);
    assert.deepEqual(
      lines.map(([fields, message]) => [withoutDuration(fields), message]),
      [[ATTEMPT, 'attempt succeeded']],
    );
  });

  test('may be one of winston', async () => {
    /** @type {any[]} */
    const lines = [];
    const stream = new Writable({ write: (line, _, done) => (lines.push(JSON.parse(line)), done()) });
    const transports = [new winston.transports.Stream({ stream })];
    const logger = winston.createLogger({ level: 'debug', format: winston.format.json(), transports });
    await sandbox.client({ logger }).queryRecallFlowDetail(12);
    assert.deepEqual(lines.map(withoutDuration), [{ level: 'debug', message: 'attempt succeeded', ...ATTEMPT }]);
  });

  test('is called as a method', async () => {
    class Logger {
      #lines = 0;

      debug() {
        this.#lines += 1;
      }

      get lines() {
        return this.#lines;
      }
    }
    const logger = new Logger();
    await sandbox.client({ logger }).queryRecallFlowDetail(12);
    assert.equal(logger.lines, 1);
  });

  test('may call the client', async () => {
    /** @type {Promise<any>[]} */
    const calls = [];
    const client = sandbox.client({
      logger: {
        debug: () => {
          if (calls.length === 0) {
            calls.push(client.queryRecallFlowDetail(299));
          }
        },
      },
    });
    assert.equal((await client.queryRecallFlowDetail(12)).keyId, 12);
    assert.equal((await calls[0])?.keyId, 299);
  });

  test('gets a new object of fields for each record', async () => {
    /** @type {any[]} */
    const seen = [];
    const spoil = (/** @type {string} */ _, /** @type {any} */ fields) => {
      seen.push({ ...fields });
      for (const name of Object.keys(fields)) {
        delete fields[name];
      }
    };
    const client = sandbox.client({ logger: { debug: spoil } });
    await client.queryRecallFlowDetail(12);
    await client.queryRecallFlowDetail(12);
    assert.deepEqual(seen.map(withoutDuration), [ATTEMPT, ATTEMPT]);
  });
});

/** @param {unknown} value */
function throwing(value) {
  return () => {
    throw value;
  };
}

suite('a logger that fails', () => {
  /** @type {[string, any, RegExp][]} */
  const failures = [
    ['with an error', throwing(new RangeError('a full disk')), /RangeError: a full disk/],
    ['with an error of another realm', throwing(runInNewContext("new Error('a full disk')")), /a full disk/],
    ['with a text', throwing('a full disk'), /a full disk/],
    ['with nothing', throwing(undefined), /undefined/],
    ['with an object without a prototype', throwing(Object.create(null)), /null prototype/],
    ['with a promise', () => Promise.reject(new RangeError('a full disk')), /a full disk/],
    ['because a method is not a function', 5, /not a function/],
  ];
  for (const [name, debug, text] of failures) {
    test(`${name} does not fail the call, and is reported once`, async (t) => {
      /** @type {Error[]} */
      const warned = [];
      const warn = (/** @type {Error} */ warning) => warned.push(warning);
      process.on('warning', warn);
      t.after(() => process.off('warning', warn));
      const client = sandbox.client({ logger: { debug } });
      sandbox.script(503, 'ok', -22);
      assert.equal((await client.queryRecallFlowDetail(12)).keyId, 12);
      assert.equal((await rejectionOf(client.queryRecallFlowDetail(12))).name, 'ParameterError');
      assert.equal((await collect(client.groupCalls(SPAN))).length, 574);
      // Warnings are emitted in a later turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(warned.length, 1, warned.join());
      assert.match(warned[0]?.message ?? '', text);
    });
  }
});

test('nothing is logged without a logger', async (t) => {
  const written = ['log', 'debug', 'info', 'warn', 'error'].map((name) =>
    t.mock.method(console, /** @type {'log'} */ (name), () => undefined),
  );
  sandbox.script(503);
  await sandbox.client().queryRecallFlowDetail(12);
  assert(written.every((each) => each.mock.callCount() === 0));
});
