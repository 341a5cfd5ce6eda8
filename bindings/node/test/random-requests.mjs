// @ts-check

/**
 * Judges random requests, one JSON object a line, and reports the first that Rust judges otherwise.
 *
 * `cargo xtask agree` writes the file and runs this program.
 */

import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

import { fromWire, InvalidRequestError, toWire, validate } from 'recallflow';

import { forms, parseExactly } from './vectors.mjs';

/**
 * Returns the violations of a request and, if it can be read, its wire form.
 *
 * @param {any} type
 * @param {any} form
 */
function judge(type, form) {
  try {
    const request = fromWire(form, type);
    return { violations: validate(request, type), wire: toWire(request, type) };
  } catch (error) {
    assert(error instanceof InvalidRequestError, String(error));
    return { violations: error.violations, wire: null };
  }
}

/**
 * Returns whether JSON holds a number beyond 2^53 in exponent notation. JavaScript needs a bigint for it.
 *
 * @param {unknown} json
 * @returns {boolean}
 */
function isInexact(json) {
  if (typeof json === 'object' && json !== null) {
    return Object.values(json).some(isInexact);
  }
  return Number.isInteger(json) && !Number.isSafeInteger(json);
}

/** @param {any} line */
function check({ type, request, violations, body }) {
  const json = parseExactly(request);
  for (const form of isInexact(json) ? [request] : forms({ text: request, json })) {
    const judged = judge(type, form);
    if (typeof form === 'string') {
      assert.deepEqual(judged.violations, violations);
    } else {
      // A JavaScript number does not know whether it was written as `30` or `30.0`, which a message quotes.
      const brief = (/** @type {readonly any[]} */ all) => all.map(({ path, rule }) => ({ path, rule }));
      assert.deepEqual(brief(judged.violations), brief(violations));
    }
    assert.deepEqual(judged.wire, body === null ? null : parseExactly(body));
  }
}

let count = 0;
for await (const line of createInterface({ input: createReadStream(String(process.argv[2]), 'utf8') })) {
  const parsed = JSON.parse(line);
  try {
    check(parsed);
  } catch (error) {
    throw new Error(`${parsed.type} ${parsed.request}`, { cause: error });
  }
  count += 1;
}
assert(count > 0, 'expected requests, got an empty file');
console.log(`Node judges ${count} requests as Rust does`);
