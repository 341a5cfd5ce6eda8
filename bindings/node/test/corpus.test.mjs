// @ts-check

/** What fuzzing has kept of responses: Node shows of each file what Rust has written down. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';

import { fromWire, InvalidRequestError, toWire } from 'recallflow';

import { parseExactly } from './vectors.mjs';

const FUZZ = new URL('../../../fuzz/', import.meta.url);

/** @type {{ file: string, type: import('recallflow').ResponseName, shown: any }[]} */
const DECODED = readFileSync(new URL('decoded.jsonl', FUZZ), 'utf8').trimEnd().split('\n').map(parseExactly);

/**
 * A file as text, or `undefined` if it is none, which JavaScript has no strings for.
 *
 * @param {string} file
 */
function read(file) {
  const bytes = readFileSync(new URL(`corpus/${file}`, FUZZ));
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
}

test('no file is left out', () => {
  const folders = [...new Set(DECODED.map(({ file }) => file.split('/')[0]))];
  assert(folders.length > 1);
  const files = folders.flatMap((folder) =>
    readdirSync(new URL(`corpus/${folder}/`, FUZZ)).map((name) => `${folder}/${name}`),
  );
  assert.deepEqual(files.sort(), DECODED.map(({ file }) => file).sort());
});

suite('Node shows what Rust reads', () => {
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
      // Whole numbers that only bigints stand for are there as well, because a number of a field holds no such.
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
