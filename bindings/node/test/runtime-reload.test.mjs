// @ts-check

/** Tests that the package can be loaded several times, as in test runners, and that unused copies are collected. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { IS_FULL, outputOf } from './child-programs.mjs';
import { sandboxFor } from './support.mjs';

const LOAD = `
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import vm from 'node:vm';

const require = createRequire(join(process.cwd(), 'program.cjs'));
const index = require.resolve('recallflow');
const folder = dirname(index);

/** Loads a copy of the package, with a copy of the native module or with the loaded one. */
function load(isNativeToo) {
  for (const name of Object.keys(require.cache)) {
    if (name.startsWith(folder) || (isNativeToo && name.endsWith('.node'))) delete require.cache[name];
  }
  return require('recallflow');
}

/** Loads the package as Jest does: new modules in a separate realm, with the native module of Node. */
function loadInRealm() {
  const context = vm.createContext({ process, performance, setImmediate, AbortSignal, URL });
  const modules = new Map();
  const load = (file) => {
    if (file.endsWith('.node')) return require(file);
    if (!modules.has(file)) {
      const module = { exports: {} };
      modules.set(file, module);
      const own = createRequire(file);
      const find = (name) => name.startsWith('node:') ? own(name) : load(own.resolve(name));
      const names = ['exports', 'require', 'module', '__dirname', '__filename'];
      const run = vm.compileFunction(readFileSync(file, 'utf8'), names, { parsingContext: context, filename: file });
      run(module.exports, find, module, dirname(file), file);
    }
    return modules.get(file).exports;
  };
  return { rf: load(index), context };
}
`;

for (const isNativeToo of [false, true]) {
  test(`two copies work together${isNativeToo ? ', each with a native module' : ''}`, async (t) => {
    const sandbox = await sandboxFor(t);
    const program = `${LOAD}
const copies = [load(${isNativeToo}), load(${isNativeToo})];
console.log(copies[0].Client === copies[1].Client);
const clients = copies.map((rf) => rf.Client.fromEnv());
const calls = clients.flatMap((client) => Array.from({ length: 20 }, () => client.queryRecallFlowDetail(12)));
console.log(new Set((await Promise.all(calls)).map(({ keyId }) => keyId)).size);
for (const [index, client] of clients.entries()) {
  const error = await client.queryRecallFlowDetail(10_000).catch((error) => error);
  console.log(error instanceof copies[index].ParameterError, error instanceof copies[1 - index].ParameterError);
  let count = 0;
  for await (const task of client.groupCalls(QUERY)) count += 1;
  console.log(count);
}`;
    const output = 'false\n1\ntrue false\n574\ntrue false\n574';
    assert.equal(await outputOf(t, program, { sandbox, isLoaded: false }), output);
  });
}

test('the package works in a separate realm', async (t) => {
  const sandbox = await sandboxFor(t);
  const program = `${LOAD}
const { rf, context } = loadInRealm();
const detail = await rf.Client.fromEnv().queryRecallFlowDetail(12);
console.log(detail.keyId, detail instanceof vm.runInContext('Object', context), detail instanceof Object);
const error = await rf.Client.fromEnv().queryRecallFlowDetail(10_000).catch((error) => error);
console.log(error instanceof rf.ParameterError, error instanceof vm.runInContext('Error', context), error instanceof Error);
const broken = await rf.Client.fromEnv().updateRecallFlow({ keyId: 1 }).catch((error) => error);
console.log(broken instanceof rf.InvalidRequestError, broken.violations.length);
try { new rf.Client({}); } catch (error) { console.log(error instanceof rf.ConfigError); }`;
  const output = '12 true false\ntrue true false\ntrue 3\ntrue';
  assert.equal(await outputOf(t, program, { sandbox, isLoaded: false }), output);
});

test('realms in which the package was used are collected', async (t) => {
  const sandbox = await sandboxFor(t);
  const count = IS_FULL ? 500 : 30;
  const program = `${LOAD}
let gone = 0;
const registry = new FinalizationRegistry(() => { gone += 1; });
async function use() {
  const { rf, context } = loadInRealm();
  registry.register(rf, undefined);
  registry.register(context, undefined);
  await rf.Client.fromEnv({ logger: { debug() {} } }).queryRecallFlowDetail(12);
  await rf.Client.fromEnv().queryRecallFlowDetail(12, { signal: AbortSignal.timeout(1) }).catch(() => {});
}
for (let count = 0; count < ${count}; count += 1) await use();
// The last realms may still be on the stack, or referenced by a signal.
const enough = 2 * ${count} - 4;
for (let round = 0; round < 100 && gone < enough; round += 1) {
  gc();
  await new Promise((resolve) => setTimeout(resolve, 20));
}
console.log(gone < enough ? gone : 'collected');
// Calls go on in an unreachable copy.
(() => {
  const { rf } = loadInRealm();
  rf.Client.fromEnv().queryRecallFlowDetail(12).then(({ keyId }) => console.log(keyId));
})();
for (let round = 0; round < 10; round += 1) gc();`;
  const options = ['--expose-gc'];
  assert.equal(await outputOf(t, program, { sandbox, isLoaded: false, options }), 'collected\n12');
});
