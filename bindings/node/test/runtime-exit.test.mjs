// @ts-check

/** Tests that a program ends when it has nothing to do, and when it exits with pending calls. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { IS_FULL, NEEDS_PROC, outputOf, startProgram } from './child-programs.mjs';
import { sandboxFor } from './support.mjs';

/** Number of runs of programs that exit at a random moment of a call. */
const TIMES = IS_FULL ? 100 : 6;

const CLIENT = 'const client = rf.Client.fromEnv({ timeout: 60_000, attemptTimeout: 60_000 });';
/** Starts calls, and continues after a line from the test. */
const UNDER_WAY = `
${CLIENT}
const calls = Array.from({ length: 20 }, () => client.queryRecallFlowDetail(12));
await once(process.stdin, 'data');
process.stdin.destroy();
`;

/**
 * Returns a sandbox that delays the first responses.
 *
 * @param {import('node:test').TestContext} t
 * @param {number} count
 */
async function holding(t, count) {
  const sandbox = await sandboxFor(t);
  sandbox.script(...Array.from({ length: count }, () => /** @type {const} */ ('hold')));
  return sandbox;
}

/**
 * Runs a program, and returns the milliseconds between its last output and its end.
 *
 * @param {import('./child-programs.mjs').Program} program
 */
async function lingering(program) {
  await program.waitForLine('last');
  const from = performance.now();
  const { status, errors } = await program.waitForExit();
  assert.deepEqual({ status, errors }, { status: 0, errors: '' });
  return performance.now() - from;
}

for (const [name, act] of Object.entries({
  'a call': 'await client.queryRecallFlowDetail(12);',
  'a call that failed': 'await client.queryRecallFlowDetail(10_000).catch(() => {});',
  'an iteration that was left': 'for await (const _ of client.groupCalls(QUERY)) break;',
  'many calls, with idle connections': 'await Promise.all(calls());',
  'a call that was aborted': `
const controller = new AbortController();
const call = client.queryRecallFlowDetail(12, { signal: controller.signal });
setTimeout(() => controller.abort(), 20);
await call.catch(() => {});`,
  'calls that were begun and aborted at once': `
const controller = new AbortController();
const begun = calls(controller.signal);
controller.abort();
await Promise.allSettled(begun);`,
  'an iteration that was returned from': `
const tasks = client.groupCalls(QUERY);
const task = tasks.next();
await tasks.return();
await task;`,
})) {
  test(`it ends immediately after ${name}`, async (t) => {
    const sandbox = await sandboxFor(t);
    if (name === 'a call that was aborted') {
      sandbox.script('hold');
    }
    const program = `
const client = rf.Client.fromEnv();
const calls = (signal) => Array.from({ length: 64 }, () => client.queryRecallFlowDetail(12, { signal }));
${act}
console.log('last');`;
    assert.ok((await lingering(startProgram(t, program, { sandbox }))) < 1000);
  });
}

test('it ends immediately with unused clients', async (t) => {
  const sandbox = await sandboxFor(t);
  const program = "for (let count = 0; count < 20; count += 1) rf.Client.fromEnv(); console.log('last');";
  assert.ok((await lingering(startProgram(t, program, { sandbox }))) < 1000);
});

test('a call that is not awaited completes before the end', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script({ delay: 300 });
  const program = `
const client = rf.Client.fromEnv();
client.queryRecallFlowDetail(12).then((detail) => console.log('answered', detail.keyId));
process.on('exit', () => console.log('exit'));`;
  assert.equal(await outputOf(t, program, { sandbox }), 'answered 12\nexit');
});

test('aborting one of several calls does not end it', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script({ delay: 300 }, { delay: 300 });
  const program = `
const client = rf.Client.fromEnv();
const controller = new AbortController();
client.queryRecallFlowDetail(12, { signal: controller.signal }).catch(() => console.log('aborted'));
client.queryRecallFlowDetail(12).then((detail) => console.log('answered', detail.keyId));
setImmediate(() => controller.abort());`;
  assert.equal(await outputOf(t, program, { sandbox }), 'aborted\nanswered 12');
});

test('a closed or unreachable client completes its calls', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script({ delay: 300 }, { delay: 300 });
  const program = `
function begin() {
  const client = rf.Client.fromEnv();
  client.queryRecallFlowDetail(12).then((detail) => console.log('answered', detail.keyId));
  return client;
}
begin().close();
begin();
setImmediate(gc);`;
  assert.equal(await outputOf(t, program, { sandbox, options: ['--expose-gc'] }), 'answered 12\nanswered 12');
});

test('a call in `beforeExit` completes, and a call in `exit` does not', async (t) => {
  const sandbox = await sandboxFor(t);
  const program = `
const client = rf.Client.fromEnv();
let count = 0;
process.on('beforeExit', () => {
  console.log('beforeExit');
  count += 1;
  if (count < 3) client.queryRecallFlowDetail(12).then((detail) => console.log('answered', detail.keyId));
});
process.on('exit', () => {
  console.log('exit');
  client.queryRecallFlowDetail(12).then(() => console.log('never'));
});`;
  const output = 'beforeExit\nanswered 12\nbeforeExit\nanswered 12\nbeforeExit\nexit';
  assert.equal(await outputOf(t, program, { sandbox }), output);
});

for (const [name, [status, act, complaint]] of Object.entries(
  /** @type {Record<string, [number, string, RegExp]>} */ ({
    'it exits': [7, 'process.exit(7);', /^$/],
    'it exits in a listener of `exit`': [0, "process.on('exit', () => process.exit()); process.exit();", /^$/],
    'an exception is not caught': [1, "throw new RangeError('mine');", /RangeError: mine/],
    'a later exception is not caught': [
      1,
      "setImmediate(() => { throw new RangeError('mine'); }); await Promise.all(calls);",
      /RangeError: mine/,
    ],
    'a rejection is not handled': [1, "Promise.reject(new RangeError('mine')); await calls[0];", /RangeError: mine/],
  }),
)) {
  test(`it ends with pending calls if ${name}`, async (t) => {
    const sandbox = await holding(t, 20);
    const program = startProgram(t, UNDER_WAY + act, { sandbox });
    await sandbox.waitForRequests(20);
    const from = performance.now();
    program.sendLine();
    const ended = await program.waitForExit();
    assert.equal(ended.status, status);
    assert.match(ended.errors, complaint);
    assert.ok(performance.now() - from < 1000);
  });
}

test('it ends cleanly while responses arrive', async (t) => {
  const program = `
${CLIENT}
const again = () => client.queryRecallFlowDetail(12).then(again);
for (let count = 0; count < 8; count += 1) again();
await once(process.stdin, 'data');
process.exit(3);`;
  for (let time = 0; time < TIMES; time += 1) {
    const sandbox = await sandboxFor(t);
    const running = startProgram(t, program, { sandbox });
    await sandbox.waitForRequests(8 + ((time * 7) % 60));
    running.sendLine();
    assert.deepEqual(await running.waitForExit(), { status: 3, signal: null, output: '', errors: '' });
    sandbox.close();
  }
});

test('an unhandled rejection is printed with the line of the call', async (t) => {
  const sandbox = await sandboxFor(t);
  const program = `
const client = rf.Client.fromEnv();
function placeOfTheCall() {
  return client.queryRecallFlowDetail(10_000);
}
placeOfTheCall();`;
  const { status, errors } = await startProgram(t, program, { sandbox }).waitForExit();
  assert.equal(status, 1);
  assert.match(errors, /ParameterError: queryRecallFlowDetail: [^]*\n {4}at placeOfTheCall \(/);
  assert.doesNotMatch(errors, /\/dist\//);
});

test('it ends immediately with a running sandbox', async (t) => {
  const program = `
import { Sandbox } from 'recallflow/sandbox';
const sandbox = await Sandbox.start();
const client = sandbox.client();
await client.queryRecallFlowDetail(12);
await sandbox.waitForRequests(1);
await sandbox.waitForOpenConnections(1);
await sandbox.waitForRequests(2, { timeout: 1 }).catch(() => {});
const controller = new AbortController();
const wait = sandbox.waitForRequests(2, { signal: controller.signal });
controller.abort();
await wait.catch(() => {});
console.log('last');`;
  assert.ok((await lingering(startProgram(t, program))) < 1000);
});

test('no thread is started before the first call', NEEDS_PROC, async (t) => {
  const sandbox = await sandboxFor(t);
  const program = `
import { createRequire } from 'node:module';
const count = () => readdirSync('/proc/self/task').length;
// Node has started the threads for reading files by now.
await import('node:fs/promises').then(({ readFile }) => readFile('package.json'));
const before = count();
const rf = createRequire(process.cwd() + '/')('recallflow');
const loaded = count() - before;
const client = rf.Client.fromEnv();
rf.validate(UPDATE, 'UpdateRecallFlow');
const made = count() - before;
await client.queryRecallFlowDetail(12);
const called = count() - before;
await Promise.all(Array.from({ length: 64 }, () => client.queryRecallFlowDetail(12)));
await Promise.all(Array.from({ length: 64 }, () => rf.Client.fromEnv().queryRecallFlowDetail(12)));
console.log(loaded, made, called, count() - before);`;
  assert.equal(await outputOf(t, program, { sandbox, isLoaded: false }), '0 0 1 1');
});
