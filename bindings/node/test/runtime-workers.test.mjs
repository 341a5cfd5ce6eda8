// @ts-check

/** Tests that worker threads have separate clients, and may be terminated at any moment. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { IS_FULL, NEEDS_PROC, outputOf, startProgram } from './child-programs.mjs';
import { sandboxFor } from './support.mjs';

const ROUNDS = IS_FULL ? 50 : 4;

/** Runs workers. Their program begins with the package as `rf`. */
const WORKERS = `
const BEGIN = "import * as rf from 'recallflow'; import { parentPort } from 'node:worker_threads';" +
  "const QUERY = " + JSON.stringify(QUERY) + "; const UPDATE = " + JSON.stringify(UPDATE) + ";";
function work(program, options) {
  const worker = new Worker(BEGIN + program, { eval: true, ...options });
  worker.ended = new Promise((resolve) => worker.on('exit', resolve));
  return worker;
}
`;

/** Workers that call forever, and send a message after the first call. */
const BUSY = `
const client = rf.Client.fromEnv({ timeout: 60_000, attemptTimeout: 60_000, logger: { debug() {} } });
const again = async () => {
  for (;;) {
    await client.queryRecallFlowDetail(12);
    await client.queryRecallFlowDetail(10_000).catch(() => {});
    await client.queryGroupCalls(QUERY);
    client.queryRecallFlowDetail(12, { signal: AbortSignal.timeout(1) }).catch(() => {});
    for await (const task of client.groupCalls(QUERY)) if (task.taskId % 100 === 50) break;
  }
};
for (let count = 0; count < 4; count += 1) again();
await client.queryRecallFlowDetail(12);
parentPort.postMessage('begun');
`;

for (const where of ['workers only', 'the main thread and workers']) {
  const isLoaded = where !== 'workers only';

  test(`workers can be terminated during calls, with the package in ${where}`, async (t) => {
    const sandbox = await sandboxFor(t);
    const use = isLoaded ? 'await rf.Client.fromEnv().queryRecallFlowDetail(12);' : '';
    const program = `${WORKERS}
for (let round = 0; round < ${ROUNDS}; round += 1) {
  const workers = Array.from({ length: 20 }, () => work(${JSON.stringify(BUSY)}));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  await Promise.all(workers.map((worker, index) => new Promise((resolve) => {
    setTimeout(() => resolve(worker.terminate()), index);
  })));
  ${use}
}
console.log('done');`;
    assert.equal(await outputOf(t, program, { sandbox, isLoaded }), 'done');
  });

  test(`workers end normally, with the package in ${where}`, async (t) => {
    const sandbox = await sandboxFor(t);
    const use = isLoaded ? 'await rf.Client.fromEnv().queryRecallFlowDetail(12);' : '';
    const program = `${WORKERS}
const one = "parentPort.postMessage((await rf.Client.fromEnv().queryRecallFlowDetail(12)).keyId);";
for (let round = 0; round < ${ROUNDS}; round += 1) {
  const workers = Array.from({ length: 20 }, () => work(one));
  const answers = await Promise.all(workers.map((worker) => once(worker, 'message')));
  console.log(new Set(answers.flat()).size, new Set(await Promise.all(workers.map(({ ended }) => ended))).size);
  ${use}
}`;
    assert.equal(await outputOf(t, program, { sandbox, isLoaded }), Array(ROUNDS).fill('1 1').join('\n'));
  });
}

test('workers end with pending calls, by themselves and by an error', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script(...Array.from({ length: 60 }, () => /** @type {const} */ ('hold')));
  const begin = `
const client = rf.Client.fromEnv({ timeout: 60_000, attemptTimeout: 60_000 });
for (let count = 0; count < 10; count += 1) client.queryRecallFlowDetail(12).catch(() => {});
parentPort.once('message', () => { `;
  const program = `${WORKERS}
const workers = ['process.exit(5)', "throw new RangeError('mine')"].flatMap((end) =>
  Array.from({ length: 3 }, () => work(${JSON.stringify(begin)} + end + ' });')));
const failures = [];
for (const worker of workers) worker.on('error', (error) => failures.push(String(error)));
await once(process.stdin, 'data');
process.stdin.destroy();
for (const worker of workers) worker.postMessage('end');
console.log(...await Promise.all(workers.map(({ ended }) => ended)), ...failures);
await rf.Client.fromEnv().queryRecallFlowDetail(12);`;
  const running = startProgram(t, program, { sandbox });
  await sandbox.waitForRequests(60);
  running.sendLine();
  const failure = 'RangeError: mine';
  const output = `5 5 5 1 1 1 ${failure} ${failure} ${failure}`;
  assert.deepEqual(await running.waitForExit(), { status: 0, signal: null, output, errors: '' });
});

test('a call that is not awaited keeps a worker alive', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script({ delay: 300 });
  const program = `${WORKERS}
const worker = work("rf.Client.fromEnv().queryRecallFlowDetail(12).then(({ keyId }) => parentPort.postMessage(keyId));");
worker.on('message', (keyId) => console.log(keyId));
console.log('ended', await worker.ended);`;
  assert.equal(await outputOf(t, program, { sandbox }), '12\nended 0');
});

test(
  'workers make calls in parallel with each other and with the main thread, on one thread more',
  NEEDS_PROC,
  async (t) => {
    const sandbox = await sandboxFor(t);
    const program = `${WORKERS}
const name = () => readdirSync('/proc/self/task').map((id) =>
  readFileSync('/proc/self/task/' + id + '/comm', 'utf8').trim()).filter((comm) => comm === 'recallflow').length;
const all = ${JSON.stringify(`
const client = rf.Client.fromEnv();
let count = 0;
for (let round = 0; round < 10; round += 1) {
  const details = await Promise.all(Array.from({ length: 16 }, () => client.queryRecallFlowDetail(299)));
  count += details.filter(({ keyId }) => keyId === 299).length;
}
await client.updateRecallFlow(UPDATE);
for await (const task of client.groupCalls(QUERY)) count += 1;
parentPort.postMessage(count);`)};
const workers = Array.from({ length: 6 }, () => work(all));
const answers = workers.map((worker) => once(worker, 'message'));
const client = rf.Client.fromEnv();
for (let round = 0; round < 10; round += 1) {
  await Promise.all(Array.from({ length: 16 }, () => client.queryRecallFlowDetail(12)));
}
const counts = (await Promise.all(answers)).flat();
// A thread may end before its file is read.
await Promise.all(workers.map(({ ended }) => ended));
console.log(...counts, name());`;
    assert.equal(await outputOf(t, program, { sandbox }), `${'734 '.repeat(6)}1`);
  },
);

test('a worker uses its own environment', async (t) => {
  const sandbox = await sandboxFor(t);
  const program = `${WORKERS}
const show = "parentPort.postMessage(rf.Client.fromEnv().baseUrl);";
const url = (worker) => once(worker, 'message').then(([url]) => console.log(url));
await url(work(show));
await url(work("process.env.RECALLFLOW_BASE_URL = 'http://127.0.0.1:1/changed';" + show));
await url(work(show, { env: { ...process.env, RECALLFLOW_BASE_URL: 'http://127.0.0.1:1/given' } }));
console.log(rf.Client.fromEnv().baseUrl);
process.env.RECALLFLOW_BASE_URL = 'http://127.0.0.1:1/main';
await url(work(show));
delete process.env.RECALLFLOW_API_SECRET;
const failure = "try { rf.Client.fromEnv(); } catch (error) { parentPort.postMessage(error.message); }";
await url(work(failure));
await url(work("process.env.RECALLFLOW_API_SECRET = 'secret';" + show));
await url(work("process.env.RECALLFLOW_BASE_URL = '';" + show, { env: { RECALLFLOW_API_KEY: 'k', RECALLFLOW_API_SECRET: 's' } }));`;
  const lines = (await outputOf(t, program, { sandbox })).split('\n');
  const missing = lines.splice(5, 1);
  assert.match(String(missing), /RECALLFLOW_API_SECRET/);
  assert.deepEqual(lines, [
    sandbox.url,
    'http://127.0.0.1:1/changed',
    'http://127.0.0.1:1/given',
    sandbox.url,
    'http://127.0.0.1:1/main',
    'http://127.0.0.1:1/main',
    'https://api.itniotech.com',
  ]);
});

test('sandboxes of workers end with them', async (t) => {
  const program = `
const start = "import { Sandbox } from 'recallflow/sandbox'; import { parentPort } from 'node:worker_threads';" +
  "const sandbox = await Sandbox.start(); parentPort.postMessage(sandbox.url);" +
  "await sandbox.waitForRequests(5, { timeout: Infinity });";
for (let round = 0; round < ${ROUNDS}; round += 1) {
  const workers = Array.from({ length: 5 }, () => new Worker(start, { eval: true }));
  const urls = (await Promise.all(workers.map((worker) => once(worker, 'message')))).flat();
  await Promise.all(workers.map((worker) => worker.terminate()));
  const failures = await Promise.all(urls.map((url) => fetch(url).catch((error) => error.cause.code)));
  console.log(...new Set(failures));
}`;
  assert.equal(await outputOf(t, program, { isLoaded: false }), Array(ROUNDS).fill('ECONNREFUSED').join('\n'));
});
