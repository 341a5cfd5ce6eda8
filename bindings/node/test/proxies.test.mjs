// @ts-check

/** Tests that public objects work through a `Proxy`, such as those of Vue, MobX and dependency injection. */

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';

import { Fee, FeeTotal } from 'recallflow';

import { SPAN } from './specimens.mjs';
import { collect, rejectionOf, sandboxFor } from './support.mjs';

/**
 * Returns a proxy that also wraps every object it returns, as `reactive` of Vue does.
 *
 * @param {any} target
 * @returns {any}
 */
function deep(target) {
  return new Proxy(target, {
    get(holder, name, receiver) {
      const value = Reflect.get(holder, name, receiver);
      return typeof value === 'object' && value !== null && !(value instanceof Promise) ? deep(value) : value;
    },
  });
}

/** @type {[string, (target: any) => any][]} */
const KINDS = [
  ['a plain proxy', (target) => new Proxy(target, {})],
  ['a deep proxy', deep],
  ['an object that inherits', (target) => Object.create(target)],
];

for (const [name, wrap] of KINDS) {
  suite(name, () => {
    test('of a client', async (t) => {
      const sandbox = await sandboxFor(t);
      const client = wrap(sandbox.client({ timeout: 5000 }));
      assert.deepEqual([client.baseUrl, client.timeout], [sandbox.url, 5000]);
      assert.equal((await client.queryRecallFlowDetail(299)).keyId, 299);
      assert.match(inspect(client), /timeout: 5000/);
      client.close();
      assert.equal((await rejectionOf(client.queryRecallFlowDetail(299))).name, 'ConfigError');
    });

    test('of pages', async (t) => {
      const sandbox = await sandboxFor(t);
      const tasks = wrap(sandbox.client().groupCalls(SPAN));
      assert.equal((await tasks.next()).done, false);
      assert.equal((await collect(tasks)).length, 574);
      assert.equal(tasks.drift, undefined);
      assert.deepEqual(await tasks.return(), { done: true, value: undefined });
    });

    test('of a sandbox', async (t) => {
      const sandbox = wrap(await sandboxFor(t));
      sandbox.script(503);
      assert.equal((await sandbox.client().queryRecallFlowDetail(299)).keyId, 299);
      assert.equal((await sandbox.waitForRequests(2)).length, 2);
    });

    test('of money', () => {
      assert.equal(wrap(new FeeTotal({ USD: '1.5' })).amount('USD'), '1.5');
      assert.equal(String(wrap(new Fee('1.5', 'USD'))), '1.5(USD)');
    });
  });
}
