// @ts-check

/** The system refuses descriptors or threads, or stops the process. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { faults } from 'recallflow/sandbox';

import { NEEDS_PROC, outputOf, startProgram } from './child-programs.mjs';
import { sandboxFor } from './support.mjs';

/** Frees one descriptor more with each use of `restore`. */
const NO_DESCRIPTORS = `
import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
execFileSync('prlimit', ['--pid', String(process.pid), '--nofile=128:']);
const files = [];
try {
  for (;;) files.push(openSync('/dev/null'));
} catch {}
const restore = () => closeSync(files.pop());
`;

/** Permits no further threads. The system counts those of a user, and does not limit those of root. */
const NO_THREADS = `
import { execFileSync } from 'node:child_process';
execFileSync('prlimit', ['--pid', String(process.pid), '--nproc=0:']);
if (process.geteuid() === 0) process.setuid(65534);
`;

const REFUSED = `
const refused = (error) => {
  if (!(error instanceof rf.TransportError) || error instanceof rf.TimeoutError) throw error;
  if (!error.message.includes('refused a resource') || !error.message.endsWith(error.remedy)) throw error;
  if (!error.remedy.includes('ulimit')) throw error;
};
`;

/** Acts until the system permits it. */
const UNTIL_PERMITTED = `${REFUSED}
let refusals = 0;
for (;; refusals += 1) {
  try {
    await act();
    break;
  } catch (error) {
    refused(error);
    restore();
  }
}
if (refusals === 0 || refusals > 20) throw new Error(String(refusals));
`;

test('a call without a free descriptor sends nothing', NEEDS_PROC, async (t) => {
  const sandbox = await sandboxFor(t);
  const act =
    'const client = rf.Client.fromEnv({ maxRetries: 1 });\nconst act = () => client.updateRecallFlow(UPDATE);\n';
  const variables = { RECALLFLOW_BASE_URL: sandbox.url.replace('127.0.0.1', 'localhost') };
  const program = startProgram(t, act + NO_DESCRIPTORS + UNTIL_PERMITTED, { sandbox, variables });
  assert.deepEqual(await program.waitForExit(), { status: 0, signal: null, output: '', errors: '' });
  assert.equal(sandbox.requests.length, 1);
});

test('a sandbox without a free descriptor is refused', NEEDS_PROC, async (t) => {
  const act =
    "import { Sandbox } from 'recallflow/sandbox';\nconst act = async () => (await Sandbox.start()).close();\n";
  await outputOf(t, act + NO_DESCRIPTORS + UNTIL_PERMITTED);
});

for (const option of ['caFile', 'clientCertificate']) {
  test(`\`${option}\` without a free descriptor is not a wrong option`, NEEDS_PROC, async (t) => {
    const act = `
const act = () => {
  try {
    new rf.Client({ apiKey: 'key', apiSecret: 'secret', ${option}: 'package.json' });
  } catch (error) {
    if (!error.message.includes('contains no certificate')) throw error;
  }
};
`;
    await outputOf(t, act + NO_DESCRIPTORS + UNTIL_PERMITTED);
  });
}

test('calls and sandboxes without a free thread are refused', NEEDS_PROC, async (t) => {
  const sandbox = await sandboxFor(t);
  const program = `
import { Sandbox } from 'recallflow/sandbox';
const client = rf.Client.fromEnv();
${NO_THREADS}${REFUSED}
const calls = [
  () => client.updateRecallFlow(UPDATE),
  () => client.groupCalls(QUERY).next(),
  () => Sandbox.start(),
];
for (const call of calls) {
  await call().then(() => console.log('permitted'), refused);
}
`;
  assert.equal(await outputOf(t, program, { sandbox }), '');
  assert.equal(sandbox.requests.length, 0);
});

test('few descriptors remain after many concurrent calls', NEEDS_PROC, async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script(...Array.from({ length: 100 }, () => faults.delay(300)));
  const program = `
const client = rf.Client.fromEnv();
const descriptors = () => readdirSync('/proc/self/fd').length;
const before = descriptors();
await Promise.all(Array.from({ length: 100 }, () => client.queryRecallFlowDetail(12)));
console.log('called');
for (const end = Date.now() + 20_000; descriptors() > before + 16; ) {
  if (Date.now() > end) throw new Error(String(descriptors()));
  await new Promise((resolve) => setTimeout(resolve, 100));
}
console.log('done');
process.stdin.resume();
`;
  const called = startProgram(t, program, { sandbox });
  await called.waitForLine('called');
  await sandbox.waitForOpenConnections(4, { timeout: 20_000 });
  await called.waitForLine('done');
});

for (const call of ['queryRecallFlowDetail(12)', 'updateRecallFlow(UPDATE)']) {
  test(`a response to ${call} that arrived while the process was stopped counts`, NEEDS_PROC, async (t) => {
    const sandbox = await sandboxFor(t);
    sandbox.script(faults.delay(200));
    const program = `await rf.Client.fromEnv({ timeout: 1000 }).${call};\nconsole.log('succeeded');\n`;
    const stopped = startProgram(t, program, { sandbox });
    await sandbox.waitForRequests(1);
    stopped.sendSignal('SIGSTOP');
    // The response arrives, and then the deadline of the call passes.
    await sleep(1500);
    stopped.sendSignal('SIGCONT');
    await stopped.waitForLine('succeeded');
    assert.deepEqual(await stopped.waitForExit(), { status: 0, signal: null, output: '', errors: '' });
    assert.equal(sandbox.requests.length, 1);
  });
}
