// @ts-check

/** How the sandbox lives in a process, in its workers and realms, and as a command. */

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { compileFunction, createContext, runInContext } from 'node:vm';
import { Worker } from 'node:worker_threads';

import { Sandbox } from 'recallflow/sandbox';

import { ask, assertRefused, post } from './signed-requests.mjs';
import { caught, sandboxFor, untyped } from './support.mjs';

test('a port in use is an error of the system, and a close frees it', async (t) => {
  const first = await sandboxFor(t);
  const port = Number(new URL(first.url).port);
  await assert.rejects(Sandbox.start({ port }), { name: 'Error', code: 'EADDRINUSE' });
  // A pending wait does not keep the port.
  const waiting = assert.rejects(first.waitForRequests(1), /is closed/);
  first.close();
  const second = await sandboxFor(t, { port });
  assert.equal(second.url, first.url);
  await waiting;
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
  assert.ok((await caught(() => inner.Sandbox.start({ host: 'x' }))) instanceof InnerTypeError);
  assert.ok((await caught(() => sandbox.script(untyped('x')))) instanceof InnerTypeError);
  assert.equal((await caught(() => sandbox.client({ maxRetries: -1 }))).name, 'ConfigError');
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
  await assertRefused(String(url));
});

test('the sandbox of a worker stops with the worker', async (t) => {
  const body = `
    import { parentPort } from 'node:worker_threads';
    ${PROGRAM}
    parentPort.postMessage(sandbox.url);
    sandbox.waitForRequests(2, { timeout: Infinity }).catch(() => undefined);
  `;
  const sandbox = await sandboxFor(t);
  const workers = [0, 1, 2].map(() => new Worker(new URL(`data:text/javascript,${encodeURIComponent(body)}`)));
  const urls = await Promise.all(workers.map(async (worker) => String((await once(worker, 'message'))[0])));
  assert.equal(new Set([sandbox.url, ...urls]).size, 4);
  for (const url of urls) {
    const { apiKey, apiSecret } = sandbox;
    assert.equal((await ask(untyped({ url, apiKey, apiSecret }))).code, 0);
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  for (const url of urls) {
    await assertRefused(url);
  }
  assert.equal((await ask(sandbox)).code, 0);
});
