// @ts-check

/** Tests that clients, errors and logs never show a secret. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite, test } from 'node:test';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';

import { Client, RecallFlowError } from 'recallflow';

import { CHANGE, SPAN } from './specimens.mjs';
import { rejectionOf, sandboxFor, thrownBy } from './support.mjs';

const KEY = 'K3y-Canary-0123456789';
const SECRET = 's3cret-CANARY-0123456789';
const PASSWORD = 'hunter2-Canary';
/** The credentials of a proxy as in its header. */
const BASIC = Buffer.from(`user:${PASSWORD}`).toString('base64');

/**
 * Returns the signature of a request in this second.
 *
 * @param {number} second
 */
function signature(second) {
  return createHash('md5').update(`${KEY}${SECRET}${second}`).digest('hex');
}

/** The signatures of the last minute. */
function signatures() {
  const now = Math.floor(Date.now() / 1000);
  return Array.from({ length: 62 }, (_, index) => signature(now - 60 + index));
}

/**
 * Returns the spellings of a text in URLs, HTML, JSON, dumps and base64.
 *
 * @param {string} text
 */
function spellings(text) {
  const each = (/** @type {(hex: string) => string} */ write) =>
    Array.from(Buffer.from(text), (byte) => write(byte.toString(16).padStart(2, '0'))).join('');
  return [
    text.toUpperCase(),
    each((hex) => `%${hex}`),
    each((hex) => `&#x${hex};`),
    each((hex) => `\\u00${hex}`),
    each((hex) => `${hex} `),
    text.replaceAll('-', '-\n'),
    Buffer.from(text).toString('base64'),
    Buffer.from(text).toString('base64url'),
  ];
}

/** Returns all texts that must not appear: key, secret and password in every spelling, and the signatures. */
function canaries() {
  const known = [KEY, SECRET, PASSWORD];
  return [...known, BASIC, ...signatures(), ...known.flatMap(spellings)];
}

/** @param {string} text */
function assertClean(text) {
  const lower = text.toLowerCase();
  assert.deepEqual(
    canaries().filter((canary) => lower.includes(canary.toLowerCase())),
    [],
  );
}

/**
 * Returns a value in every form in which it may be printed or sent.
 *
 * @param {any} value
 */
function shown(value) {
  const everything = { depth: null, showHidden: true, getters: true, showProxy: true, maxStringLength: null };
  const names = [];
  const members = [];
  for (let holder = value; holder !== null && holder !== undefined; holder = Object.getPrototypeOf(holder)) {
    names.push(...Reflect.ownKeys(holder).map(String));
    const descriptors = Object.values(Object.getOwnPropertyDescriptors(holder));
    members.push(...descriptors.map((descriptor) => inspect(descriptor, everything)));
  }
  const texts = [
    String(value),
    `${value.stack}`,
    format('%s %o %O %j %d', value, value, value, value, value),
    inspect(value),
    inspect(value, everything),
    inspect({ a: [value] }, { ...everything, compact: false, customInspect: false }),
    JSON.stringify(value),
    JSON.stringify({ ...value }),
    JSON.stringify(Object.entries(value)),
    JSON.stringify(Object.assign({}, value)),
    ...names,
    ...members,
  ];
  return texts.join('\n');
}

/**
 * Returns a structured clone, or the error of cloning.
 *
 * @param {unknown} value
 */
function cloned(value) {
  const texts = [];
  for (const copy of [structuredClone, serialize]) {
    try {
      texts.push(
        inspect(copy(value), { depth: null, showHidden: true }),
        Buffer.from(serialize(value)).toString('latin1'),
      );
    } catch (error) {
      texts.push(inspect(error, { depth: null, showHidden: true }));
    }
  }
  return texts.join('\n');
}

/** Returns responses that quote the request. @returns {Record<string, any>} */
function reflections() {
  const sign = signatures().at(-2) ?? '';
  const text = `${KEY} ${KEY.toLowerCase()} ${SECRET} ${sign} ${sign.toUpperCase()}`;
  const json = (/** @type {unknown} */ body) => ({ respond: { status: 200, body: JSON.stringify(body) } });
  return {
    message: json({ code: -22, msg: `bad request: ${text}` }),
    page: { respond: { status: 500, body: `<html>${text}</html>` } },
    'long page': { respond: { status: 200, body: `<html>${'x'.repeat(490)}${text}</html>` } },
    code: json({ code: text }),
    header: ['ok', 'gzip', { header: ['Content-Encoding', text] }],
    redirect: [302, { header: ['Location', `https://example.com/?${SECRET}`] }],
  };
}

suite('a client shows no secret', () => {
  const client = new Client({ apiKey: KEY, apiSecret: SECRET, proxy: `http://user:${PASSWORD}@127.0.0.1:1` });

  test('in any form', () => {
    assertClean(shown(client));
    assertClean(cloned(client));
    assert.deepEqual(Object.keys(client), []);
  });

  test('in its private parts', () => {
    const keys = Reflect.ownKeys(client);
    assert.equal(keys.length, 1);
    for (const key of keys) {
      const { value, enumerable } = Object.getOwnPropertyDescriptor(client, key) ?? {};
      assert.equal(enumerable, false);
      assertClean(shown(value));
      assertClean(shown(value()));
      assertClean(shown(value().core));
    }
  });

  test('on the console', async (t) => {
    const written = t.mock.method(process.stdout, 'write', () => true);
    console.log(client, [client], { client });
    console.dir(client, { depth: null, showHidden: true });
    console.table([client]);
    const texts = written.mock.calls.map(({ arguments: [text] }) => String(text));
    written.mock.restore();
    assert(texts.join('').includes('baseUrl'));
    assertClean(texts.join(''));
  });

  test('in its methods and pages', () => {
    assertClean(shown(client.groupCalls(SPAN)));
    assertClean(cloned(client.groupCalls(SPAN)));
    assertClean(shown(client.queryRecallFlowDetail));
  });

  test('in a derived class', () => {
    class Ours extends Client {
      name = 'ours';
    }
    const ours = new Ours({ apiKey: KEY, apiSecret: SECRET });
    assertClean(shown(ours));
    assertClean(cloned(ours));
  });

  test('if it is used as another type', () => {
    const fake = Object.create(Client.prototype);
    for (const act of [
      () => fake.baseUrl,
      () => fake.toJSON(),
      () => fake.close(),
      () => fake.queryRecallFlowDetail(1),
    ]) {
      assertClean(shown(thrownBy(act)));
    }
  });
});

suite('an error of the constructor shows no secret', () => {
  /** @type {Record<string, any>} */
  const wrong = {
    'a time': { timeout: 0 },
    'a base URL': { baseUrl: `https://user:${PASSWORD}@example.com` },
    'a proxy': { proxy: `ftp://user:${PASSWORD}@example.com` },
    'a secret with a line break': { apiSecret: `${SECRET}\n` },
    'a key with a space': { apiKey: `${KEY} ` },
    'a secret of bytes': { apiSecret: Buffer.from(SECRET) },
    'a secret in a list': { apiSecret: [SECRET] },
    'a secret in an object': { apiSecret: { secret: SECRET } },
    'a secret in place of a URL': { baseUrl: SECRET },
    'a secret in place of a number': { timeout: SECRET, maxRetries: SECRET },
    'a secret in place of a file': { validate: SECRET },
    'a secret in place of a logger': { logger: SECRET },
    'a secret beside an option that there is not': { secret: SECRET },
  };
  for (const [name, options] of Object.entries(wrong)) {
    test(name, (t) => {
      const error = thrownBy(() => new Client({ apiKey: KEY, apiSecret: SECRET, ...options }));
      assert(error instanceof RecallFlowError);
      assertClean(shown(error));
      t.after(() => {
        delete process.env.RECALLFLOW_API_KEY;
        delete process.env.RECALLFLOW_API_SECRET;
      });
      process.env.RECALLFLOW_API_KEY = KEY;
      process.env.RECALLFLOW_API_SECRET = `${SECRET}\n`;
      assertClean(shown(thrownBy(() => Client.fromEnv(options))));
    });
  }
});

suite('an error shows no secret that the response quotes', () => {
  for (const name of Object.keys(reflections())) {
    test(name, async (t) => {
      const sandbox = await sandboxFor(t, { apiKey: KEY, apiSecret: SECRET });
      const client = sandbox.client({ maxRetries: 0 });
      const fault = reflections()[name];
      sandbox.script(fault, fault, fault);
      const calls = [
        () => client.queryRecallFlowDetail(12),
        () => client.updateRecallFlow(CHANGE),
        () => client.groupCalls(SPAN).next(),
      ];
      for (const call of calls) {
        const error = await rejectionOf(call());
        assert(error instanceof RecallFlowError, String(error));
        assertClean(shown(error));
        assertClean(cloned(error));
        if (error.cause !== undefined) {
          assertClean(shown(error.cause));
        }
      }
    });
  }
});

/**
 * Returns the errors of two calls whose responses quote their signature in this spelling.
 *
 * @param {import('../dist/sandbox.mjs').Sandbox} sandbox
 * @param {import('../dist/index.mjs').Client} client
 * @param {(sign: string) => string} quote
 * @param {number} spelling
 */
async function refusalsOf(sandbox, client, quote, spelling) {
  for (;;) {
    const second = Math.floor(Date.now() / 1000);
    const text = spellings(quote(signature(second)))[spelling];
    sandbox.script(
      { respond: { status: 200, body: JSON.stringify({ code: -22, msg: `bad request: ${text}` }) } },
      { respond: { status: 403, body: `<html>${text}</html>` } },
    );
    const errors = [];
    for (let time = 0; time < 2; time += 1) {
      errors.push(await rejectionOf(client.queryRecallFlowDetail(12)));
    }
    // A call in another second has another signature.
    if (Math.floor(Date.now() / 1000) === second) {
      return errors;
    }
  }
}

test('an error shows no secret in another spelling', async (t) => {
  const sandbox = await sandboxFor(t, { apiKey: KEY, apiSecret: SECRET });
  const client = sandbox.client({ maxRetries: 0 });
  /** @type {((sign: string) => string)[]} */
  const quoted = [
    () => KEY,
    () => SECRET,
    (sign) => sign,
    (sign) => `POST /voice HTTP/1.1\r\nApi-Key: ${KEY}\r\nSign: ${sign}\r\nX: ${SECRET}\r\n`,
  ];
  for (const quote of quoted) {
    for (const spelling of spellings('').keys()) {
      for (const error of await refusalsOf(sandbox, client, quote, spelling)) {
        assert.match(error.message, /\[redacted\]/);
        assertClean(shown(error));
      }
    }
  }
});

test('an error shows no password that a proxy quotes', async (t) => {
  // The sandbox acts as the proxy, which gets the whole URL.
  const sandbox = await sandboxFor(t, { apiKey: KEY, apiSecret: SECRET });
  const proxy = sandbox.url.replace('://', `://user:${PASSWORD}@`);
  const client = sandbox.client({ maxRetries: 0, proxy });
  sandbox.script({ respond: { status: 407, body: `<html>no entry with ${PASSWORD} or ${BASIC}</html>` } });
  const error = await rejectionOf(client.queryRecallFlowDetail(12));
  assert.match(error.message, /\[redacted\]/);
  assertClean(shown(error));
  const [request] = sandbox.requests;
  assert.equal(request?.header('Proxy-Authorization'), '[redacted]');
  assertClean(inspect(request.headers).replaceAll(KEY, ''));
});

test('a transport error shows no secret', async (t) => {
  const sandbox = await sandboxFor(t, { apiKey: KEY, apiSecret: SECRET });
  sandbox.script('reset', 'reset', 'hold');
  const client = sandbox.client({ maxRetries: 0 });
  assertClean(shown(await rejectionOf(client.queryRecallFlowDetail(12))));
  assertClean(shown(await rejectionOf(client.updateRecallFlow(CHANGE))));
  assertClean(shown(await rejectionOf(client.queryRecallFlowDetail(12, { timeout: 50 }))));
  const proxied = sandbox.client({ maxRetries: 0, proxy: `http://user:${PASSWORD}@127.0.0.1:1` });
  assertClean(shown(await rejectionOf(proxied.queryRecallFlowDetail(12))));
});

test('no log record shows a secret', async (t) => {
  const sandbox = await sandboxFor(t, { apiKey: KEY, apiSecret: SECRET });
  /** @type {unknown[]} */
  const told = [];
  const tell = (/** @type {unknown[]} */ ...line) => told.push(line);
  const client = sandbox.client({ logger: { debug: tell, info: tell, warn: tell, error: tell } });
  const answers = Object.values(reflections());
  sandbox.script(...answers, 'reset', 503, -15, -16, -18);
  for (const _ of answers) {
    await client.queryRecallFlowDetail(12).catch(() => undefined);
    await client.updateRecallFlow(CHANGE).catch(() => undefined);
  }
  await client.groupCalls(SPAN).next();
  assert(told.length > answers.length);
  assertClean(inspect(told, { depth: null, maxArrayLength: null, showHidden: true }));
});

test('a recording of the sandbox shows no signature', async (t) => {
  const sandbox = await sandboxFor(t, { apiKey: KEY, apiSecret: SECRET });
  await sandbox.client().queryRecallFlowDetail(12);
  await sandbox.client().updateRecallFlow(CHANGE);
  const { requests } = sandbox;
  assert(requests.every(({ signatureValid }) => signatureValid));
  const texts = [
    inspect(requests, { depth: null, showHidden: true, getters: true }),
    JSON.stringify(requests),
    cloned(requests.map((request) => ({ ...request }))),
    inspect(sandbox, { depth: null, showHidden: true }),
    JSON.stringify(sandbox),
  ];
  // The key names the account and is recorded; the signature and the secret are not.
  assertClean(texts.join('\n').replaceAll(KEY, ''));
});
