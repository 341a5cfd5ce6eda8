// @ts-check

/** Tests clients of profiles, which are accounts in a file. */

import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';

import { Client, ConfigError, ONBUKA } from 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

import { setEnvironment, thrownBy } from './support.mjs';

/** @type {Sandbox} */
let sandbox;
/** @type {string} */
let folder;
/** @type {string} */
let file;

beforeEach(async () => {
  sandbox = await Sandbox.start();
  folder = mkdtempSync(join(tmpdir(), 'recallflow-profiles-'));
  file = join(folder, 'profiles.toml');
  const command = (/** @type {string} */ script) => JSON.stringify([process.execPath, '-e', script]);
  const text = `default = "stored"

[profiles.stored]
key = "${sandbox.apiKey}"
secret = "${sandbox.apiSecret}"
base_url = "${sandbox.url}"

[profiles.printed]
key = "${sandbox.apiKey}"
secret_command = ${command(`console.log(' ${sandbox.apiSecret} ')`)}
base_url = "${sandbox.url}"

[profiles.failing]
key = "${sandbox.apiKey}"
secret_command = ${command("console.log('canary'); process.exit(3)")}
`;
  writeFileSync(file, text, { mode: 0o600 });
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await sandbox.close();
});

/** @param {import('node:test').TestContext} t */
function useFile(t, profile = /** @type {string | undefined} */ (undefined)) {
  setEnvironment(t, { RECALLFLOW_PROFILES: file, RECALLFLOW_PROFILE: profile, RECALLFLOW_BASE_URL: undefined });
}

suite('a profile has the account', () => {
  for (const name of ['stored', 'printed', undefined]) {
    test(name ?? 'by default', async (t) => {
      useFile(t);
      const client = Client.fromProfile(name, { maxRetries: 0 });
      assert.deepEqual([client.baseUrl, client.maxRetries], [sandbox.url, 0]);
      assert.equal((await client.queryRecallFlowDetail(12)).keyId, 12);
      assert.deepEqual(
        sandbox.requests.map((request) => request.signatureValid),
        [true],
      );
    });
  }
});

test('the environment and options choose', (t) => {
  useFile(t, 'missing');
  assert.equal(Client.fromProfile('stored', { baseUrl: ONBUKA }).baseUrl, ONBUKA);
  assert.throws(() => Client.fromProfile(), {
    name: 'ConfigError',
    message: /from `RECALLFLOW_PROFILE`.*known: `failing`, `printed`, `stored`/,
  });
});

test('a program that fails shows no output', (t) => {
  useFile(t);
  const error = thrownBy(() => Client.fromProfile('failing'));
  assert(error instanceof ConfigError);
  assert.match(error.message, /profile `failing`: `secret_command` failed/);
  assert(!error.message.includes('canary'));
  assert.match(String(error.stack), /profiles\.test\.mjs/);
});

test('a file that others may read is refused', { skip: process.platform === 'win32' }, (t) => {
  useFile(t);
  chmodSync(file, 0o640);
  assert.throws(() => Client.fromProfile('stored'), { name: 'ConfigError', message: /got 640.*chmod 600/ });
});

test('wrong arguments are refused', (t) => {
  useFile(t);
  for (const name of /** @type {any[]} */ (['', 5, null, { timeout: 5 }, '\ud800'])) {
    assert.throws(() => Client.fromProfile(name), { name: 'ConfigError', message: /the name of a profile/ });
  }
  const ignored = /** @type {any} */ ({ apiSecret: 'canary' });
  assert.throws(() => Client.fromProfile('stored', ignored), {
    name: 'ConfigError',
    message: /^(?!.*canary).*`apiSecret`/,
  });
});

test('a derived class is a client of the profile', (t) => {
  useFile(t);
  class Ours extends Client {
    /** @param {any} options */
    constructor(options) {
      super({ ...options, timeout: 5000 });
      this.seen = Object.keys(options);
    }
  }
  const ours = Ours.fromProfile('stored', { maxRetries: 0 });
  assert(ours instanceof Ours);
  assert.deepEqual([ours.timeout, ours.seen], [5000, ['maxRetries']]);
});
