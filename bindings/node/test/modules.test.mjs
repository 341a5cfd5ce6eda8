// @ts-check

/** Tests the package with `import` and `require`, and its README. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { suite, test } from 'node:test';
import { createContext, runInContext } from 'node:vm';

import * as imported from 'recallflow';
import * as importedSandbox from 'recallflow/sandbox';

import { PACKAGE } from './child-programs.mjs';

const require = createRequire(import.meta.url);
const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const GUIDE = readFileSync(new URL('../../../docs/node.md', import.meta.url), 'utf8');

/** Exports that only connect the two module systems. */
const OF_MODULES = ['__esModule', 'default', 'module.exports'];

/** @param {object} exports */
function namesOf(exports) {
  return Object.keys(exports)
    .filter((name) => !OF_MODULES.includes(name))
    .sort();
}

suite('`import` and `require` return the same', () => {
  for (const [name, module] of /** @type {[string, Record<string, unknown>][]} */ ([
    ['recallflow', imported],
    ['recallflow/sandbox', importedSandbox],
  ])) {
    test(name, () => {
      const required = require(name);
      assert.deepEqual(namesOf(module), namesOf(required));
      for (const key of namesOf(module)) {
        assert.equal(module[key], required[key], key);
        assert.notEqual(module[key], undefined, key);
      }
    });
  }

  test('and the same classes', () => {
    const { Client, ConfigError } = require('recallflow');
    assert.throws(() => new Client({ apiKey: '', apiSecret: '' }), imported.ConfigError);
    assert.throws(() => imported.Client.fromEnv(/** @type {any} */ (null)), ConfigError);
  });

  test('and so does a dynamic import', async () => {
    assert.equal((await import('recallflow')).Client, imported.Client);
  });
});

test('every import of the README exists', () => {
  const text = /import (?:type )?\{([^}]*)\} from '(recallflow(?:\/sandbox)?)'/g;
  const found = [...README.matchAll(text)];
  assert(found.length > 5);
  for (const [statement, names = '', from] of found) {
    const module = /** @type {Record<string, unknown>} */ (from === 'recallflow' ? imported : importedSandbox);
    // Types do not exist at run time.
    const values = names.split(',').filter((name) => !/^\s*type /.test(name) && !statement.startsWith('import type'));
    for (const name of values.map((each) => each.trim()).filter((each) => each !== '')) {
      assert(name in module, name);
    }
  }
  for (const name of ['ITNIO', 'LAAFFIC', 'ONBUKA', 'Fee', 'totals', 'toWire', 'fromWire', 'validate', 'warnings']) {
    assert((README + GUIDE).includes(name) && name in imported, name);
  }
});

test('the README lists every error, and no other', () => {
  const table = [...README.matchAll(/^\| (?:– )?`(\w+Error)` \|/gm)].map(([, name]) => name);
  const isError = (/** @type {any} */ value) => typeof value === 'function' && value.prototype instanceof Error;
  const errors = Object.entries(imported).filter(([, value]) => isError(value));
  const names = errors.map(([name]) => name).filter((name) => name !== 'RecallFlowError');
  assert.deepEqual(table.sort(), names.sort());
});

test('a wrong value of any option in the README is refused with its name', () => {
  const [, table = ''] = /<!-- generated: options -->(.*?)<!-- end of generated -->/s.exec(README) ?? [];
  const names = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
  assert(names.length > 10);
  for (const name of [...names, 'logger']) {
    const options = /** @type {any} */ ({ apiKey: 'k', apiSecret: 's', [name]: Symbol('x') });
    assert.throws(() => new imported.Client(options), {
      name: 'ConfigError',
      message: new RegExp(`^expected .* for \`${name}\``),
    });
  }
});

test('the loader requires the package of every platform by a literal name', () => {
  const loader = readFileSync(require.resolve('recallflow').replace('index.js', 'loader.js'), 'utf8');
  const required = [...loader.matchAll(/case '([\w-]+)':\s+return require\('recallflow-\1'\)/g)].map(
    ([, name]) => name,
  );
  const { napi } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const targets = napi.targets.map((/** @type {string} */ target) => {
    const [cpu, , system, abi] = target.split('-');
    const os = { darwin: 'darwin', linux: 'linux', windows: 'win32' }[/** @type {'linux'} */ (system)];
    return [os, cpu === 'x86_64' ? 'x64' : 'arm64', ...(abi === undefined ? [] : [abi])].join('-');
  });
  assert.deepEqual(required.sort(), targets.sort());
});

test('without native modules, the error gives the remedy', () => {
  const [permission] = ['--permission', '--experimental-permission'].filter((name) =>
    process.allowedNodeEnvironmentFlags.has(name),
  );
  for (const { options, remedy } of [
    { options: ['--no-addons'], remedy: /start Node without `--no-addons`/ },
    { options: [`${permission}`, '--allow-fs-read=*'], remedy: /`--allow-addons`/ },
  ]) {
    const { status, stderr } = spawnSync(process.execPath, [...options, '-e', "require('recallflow')"], {
      cwd: PACKAGE,
    });
    assert.notEqual(status, 0);
    assert.match(String(stderr), remedy);
    assert.doesNotMatch(String(stderr), /npm install/);
  }
});

test('an enum has exactly its named numbers', () => {
  const { TaskStatus } = imported;
  assert.equal(TaskStatus.FINISHED, 2);
  assert(Object.values(TaskStatus).every((value) => typeof value === 'number'));
});

test('it works in a separate realm without the globals of Node', async (t) => {
  // As in Jest with jsdom: modules are functions of another context, whose `Error` is not Node's, and whose `AbortSignal`
  // and `URL` are other classes.
  const context = createContext({ process, Buffer, URL: class {}, AbortSignal: class {} });
  /** @type {Map<string, { exports: any }>} */
  const modules = new Map();
  const main = require.resolve('recallflow');
  const load = (/** @type {string} */ path) => {
    const known = modules.get(path);
    if (known !== undefined) {
      return known.exports;
    }
    const module = { exports: {} };
    modules.set(path, module);
    const wrapper = runInContext(
      `(function (exports, require, module, __filename, __dirname) {${readFileSync(path)}\n})`,
      context,
      {
        filename: path,
      },
    );
    const load_ = (/** @type {string} */ name) => {
      const found = name.startsWith('.') ? resolve(dirname(path), name) : name;
      return found.endsWith('.js') ? load(found) : require(found);
    };
    wrapper(module.exports, load_, module, path, dirname(path));
    return module.exports;
  };
  const other = load(main);
  assert.notEqual(other.Client, imported.Client);
  assert.throws(
    () => new other.Client({ apiKey: 'k', apiSecret: 's', timeout: -1 }),
    (/** @type {any} */ error) => {
      assert(error instanceof other.ConfigError);
      assert.match(error.message, /^expected more than 0 milliseconds for `timeout`/);
      return true;
    },
  );
  assert.equal(other.validate({ keyId: 1.5 }, 'RecallFlowDetailQuery')[0].path, 'keyId');

  const sandbox = await importedSandbox.Sandbox.start();
  t.after(() => sandbox.close());
  const client = new other.Client({ apiKey: sandbox.apiKey, apiSecret: sandbox.apiSecret, baseUrl: sandbox.url });
  // The arguments belong to either realm.
  const mine = {
    keyId: 299,
    recallInterval: 5,
    recallNum: 1,
    recallType: 0,
    nodeList: [other.RecallNode.uploaded('f')],
  };
  await client.updateRecallFlow(mine);
  assert.equal((await client.queryRecallFlowDetail(299)).nodeList[0].voiceFileId, 'f');
  const { signal } = new AbortController();
  await client.queryRecallFlowDetail(299, { signal, maxRetries: 0 });
  assert.throws(
    () => new other.Client({ apiKey: 'k', apiSecret: 's', caFile: new URL('file:///nowhere/ca.pem') }),
    /nowhere/,
  );
  assert.equal(other.RecallNode.reupload('voice.wav', new URL(import.meta.url)).source, 2);
  sandbox.script(-22);
  await assert.rejects(client.queryRecallFlowDetail(12), (error) => error instanceof other.ParameterError);
});
