// @ts-check

/** Tests that the package leaves no open handle, by the rules of `jest --detectOpenHandles`. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { outputOf } from './child-programs.mjs';
import { sandboxFor } from './support.mjs';

/** Collects the resources that Jest does not ignore, as its module `collectHandles` does. */
const COLLECT = `
import { createHook } from 'node:async_hooks';

const IGNORED = ['PROMISE', 'TIMERWRAP', 'PerformanceObserver', 'CustomGC', 'PIPEWRAP', 'SHUTDOWNWRAP', 'WRITEWRAP'];
const handles = new Map();
createHook({
  init(id, type, _, resource) {
    if (!IGNORED.includes(type)) handles.set(id, { type, isActive: () => ('hasRef' in resource ? resource.hasRef() : true) });
  },
  destroy(id) {
    handles.delete(id);
  },
}).enable();

function open() {
  return [...handles.values()].filter(({ isActive }) => isActive()).map(({ type }) => type);
}
`;

test('neither an import nor a finished call leaves an open handle', async (t) => {
  const sandbox = await sandboxFor(t);
  const program = `${COLLECT}
const rf = await import('recallflow');
const imported = open().filter((type) => type === 'recallflow');
const client = rf.Client.fromEnv({ logger: { debug() {} } });
const call = client.queryRecallFlowDetail(12);
const calling = open().filter((type) => type === 'recallflow');
await call;
// Destroy hooks run later.
await new Promise(setImmediate);
const called = open().filter((type) => type === 'recallflow');
console.log(JSON.stringify({ imported, calling, called }));
`;
  assert.deepEqual(JSON.parse(await outputOf(t, program, { sandbox, isLoaded: false })), {
    imported: [],
    calling: ['recallflow', 'recallflow'],
    called: [],
  });
});
