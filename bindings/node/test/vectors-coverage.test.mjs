// @ts-check

/** Tests that this package plays every vector. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';

import { Client, ConfigError } from 'recallflow';

import { camelCase, cases, FOLDER, load, NAMES } from './vectors.mjs';

const README = readFileSync(new URL('README.md', FOLDER), 'utf8');

/** Files for internals of the crate. */
const OF_THE_CRATE = [...README.matchAll(/^\| `(\w+)\.json` \| \*crate\*: /gm)].map(([, name]) => name);

/** Files whose cases are not about a response, a request or an option. */
const NO_CASES = ['about', 'credentials', 'defaults'];

/** The lists that tests play, with the names of their files. */
function played() {
  const folder = new URL('.', import.meta.url);
  const texts = readdirSync(folder).map((name) =>
    name.endsWith('.test.mjs') ? readFileSync(new URL(name, folder), 'utf8') : '',
  );
  const loops = /for \(const each of cases\('(\w+)'(?:, '(\w+)')?\)\) \{\n/g;
  const found = texts.flatMap((text) => [...text.matchAll(loops)].map(([, name, part = 'cases']) => `${name} ${part}`));
  return [...new Set(found)].sort();
}

test('every file is played, or is internal to the crate', () => {
  const here = [...new Set(played().map((list) => list.split(' ')[0]))];
  assert(OF_THE_CRATE.length > 0, 'the README names none');
  assert.deepEqual([...here, ...OF_THE_CRATE].sort(), NAMES);
});

suite('every list is played, and none is empty', () => {
  for (const name of NAMES.filter((file) => !OF_THE_CRATE.includes(file))) {
    test(name, () => {
      const parts = Object.keys(load(name)).filter((part) => !NO_CASES.includes(part));
      const lists = played().filter((list) => list.startsWith(`${name} `));
      assert.deepEqual(
        lists,
        parts.map((part) => `${name} ${part}`),
      );
      for (const part of parts) {
        const all = load(name)[part];
        const names = all.map((each) => each.name);
        assert.equal(new Set(names).size, names.length);
        // The README permits a language without the option to skip these.
        const unclocked = all.filter((each) => each.options?.clock === undefined);
        assert.deepEqual(cases(name, part), unclocked);
        assert(unclocked.length > 0);
      }
    });
  }
});

test('every operation of the vectors is a method of the client', () => {
  const operations = ['decoding', 'errors'].flatMap((name) => cases(name).map((each) => camelCase(each.operation)));
  const client = new Client({ apiKey: 'key', apiSecret: 'secret' });
  for (const operation of new Set(operations)) {
    assert.equal(typeof client[operation], 'function');
  }
});

test('the clock cannot be injected', () => {
  // With such an option, more cases could be played.
  const options = /** @type {any} */ ({ apiKey: 'key', apiSecret: 'secret', clock: 0 });
  assert.throws(() => new Client(options), ConfigError);
});
