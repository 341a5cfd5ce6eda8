// @ts-check

/** Compares how Node and Rust read the responses of the fuzzing corpus. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';

import { fromWire, InvalidRequestError, toWire } from 'recallflow';

import { parseExactly } from './vectors.mjs';

const FUZZ = new URL('../../../fuzz/', import.meta.url);

/** @type {{ file: string, type: import('recallflow').ResponseName, shown: any }[]} */
const DECODED = readFileSync(new URL('decoded.jsonl', FUZZ), 'utf8').trimEnd().split('\n').map(parseExactly);

/**
 * Returns a file as text, or `undefined` if it is not UTF-8.
 *
 * @param {string} file
 */
function read(file) {
  const bytes = readFileSync(new URL(`corpus/${file}`, FUZZ));
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
}

test('every file is compared', () => {
  const folders = [...new Set(DECODED.map(({ file }) => file.split('/')[0]))];
  assert(folders.length > 1);
  const files = folders.flatMap((folder) =>
    readdirSync(new URL(`corpus/${folder}/`, FUZZ)).map((name) => `${folder}/${name}`),
  );
  assert.deepEqual(files.sort(), DECODED.map(({ file }) => file).sort());
});

suite('Node reads the same as Rust', () => {
  for (const { file, type, shown } of DECODED) {
    test(file, () => {
      const text = read(file);
      if (text === undefined) {
        assert.equal(shown, null);
        return;
      }
      if (shown === null) {
        assert.throws(() => fromWire(text, type), InvalidRequestError);
        return;
      }
      const response = fromWire(text, type);
      assert.deepEqual(toWire(response, type), shown.wire);
      // Node also keeps counts beyond 2^53 in `extra`, because their type is a number.
      const isLong = (/** @type {string} */ name) => typeof response.extra[name] === 'bigint';
      const extra = Object.keys(response.extra);
      assert.deepEqual(
        shown.extra.filter((/** @type {string} */ name) => !extra.includes(name)),
        [],
      );
      assert.deepEqual(
        extra.filter((name) => !shown.extra.includes(name) && !isLong(name)),
        [],
      );
    });
  }
});
