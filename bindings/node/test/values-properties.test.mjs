// @ts-check

/** Property tests with random values. */

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';

import { ConfigError, fromWire, InvalidRequestError, toWire, validate, warnings } from 'recallflow';

import { brokenObject, circle, deep, endless, REQUEST_TYPES, REQUESTS, revoked } from './specimens.mjs';
import { fieldsOf, RESPONSE_NAMES } from './schema.mjs';

/** Number of random values of each type. */
const TRIES = 300;

/** A random number generator with a fixed seed, so that failures are reproducible. */
class Chance {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed * 2654435761 + 1;
  }

  /** Returns a number from 0 up to, but not including, 1, by Marsaglia's xorshift. */
  next() {
    let state = this.#state | 0;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) / 2 ** 32;
  }

  /** @param {number} count A whole number below this. */
  below(count) {
    return Math.floor(this.next() * count);
  }

  /**
   * @template T
   * @param {readonly T[]} choices
   * @returns {T}
   */
  of(choices) {
    return /** @type {T} */ (choices[this.below(choices.length)]);
  }

  /**
   * @template T
   * @param {number} most
   * @param {() => T} make
   */
  list(most, make) {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  text() {
    const ranges = /** @type {const} */ ([
      [0x20, 0x7e],
      [0x20, 0x7e],
      [0, 0x1f],
      [0xa0, 0xff],
      [0x100, 0x2fff],
      [0xe000, 0xffff],
      [0x10000, 0x10ffff],
    ]);
    const character = () => {
      const [from, to] = this.of(ranges);
      return String.fromCodePoint(from + this.below(to - from + 1));
    };
    return this.list(this.of([0, 3, 40]), character).join('');
  }

  /** @param {number} bits */
  whole(bits) {
    const size = this.below(bits);
    let value = BigInt.asUintN(size, (BigInt(this.below(2 ** 32)) << 32n) | BigInt(this.below(2 ** 32)));
    value = this.of([value, -value, -value - 1n]);
    // The package returns a number wherever it is exact.
    return this.of([0, 1, 2, 3]) === 0 ? this.of([0, 1, -1, 2]) : numberOf(value);
  }

  fraction() {
    return this.of([0.25, 1.5, -2.75, 1e-7, 5e-324, 4, 123456.789, this.next()]);
  }

  time() {
    const date = new Date(Math.floor(this.next() * 4e12));
    return date.toISOString().slice(0, 19).replace('T', ' ');
  }

  /** JSON of any kind, which may hold bigints. @returns {unknown} */
  json(depth = 3) {
    const leaves = [null, true, false, this.whole(64), this.fraction(), this.text()];
    switch (depth === 0 ? 0 : this.below(4)) {
      case 1:
        return this.list(3, () => this.json(depth - 1));
      case 2:
        return Object.fromEntries(this.list(3, () => [this.text(), this.json(depth - 1)]));
      default:
        return this.of(leaves);
    }
  }

  /** Whatever there is. @returns {unknown} */
  anything(depth = 2) {
    const makers = [
      () => this.json(2),
      () => this.of([undefined, Number.NaN, Infinity, -0, 2 ** 60, 2n ** 70n, '\ud800', 'x\udfff']),
      () => this.of([new Date(), new Map(), Promise.resolve(), Symbol('x'), () => 1, Buffer.from('x'), new Error('x')]),
      () => this.of([brokenObject(), circle(), deep(200), endless(), revoked(), [, 1]]), // eslint-disable-line no-sparse-arrays -- holes are tried
      () => (depth === 0 ? null : this.list(3, () => this.anything(depth - 1))),
      () => (depth === 0 ? null : Object.fromEntries(this.list(3, () => [this.text(), this.anything(depth - 1)]))),
    ];
    return this.of(makers)();
  }
}

/** @param {bigint} value */
function numberOf(value) {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/**
 * Checks a property with random values, and reports the value that breaks it.
 *
 * @param {(chance: Chance) => unknown} make
 * @param {(value: any) => void} check
 */
function always(make, check) {
  for (let seed = 1; seed <= TRIES; seed += 1) {
    const value = make(new Chance(seed));
    try {
      check(value);
    } catch (error) {
      throw new Error(`seed ${seed}: ${inspect(value, { depth: 4 })}`, { cause: error });
    }
  }
}

/**
 * Returns a value that a field can hold, valid or not.
 *
 * @param {Chance} chance
 * @param {import('./schema.mjs').Field} field
 * @returns {unknown}
 */
function fitting(chance, field) {
  return field.isList ? chance.list(3, () => item(chance, field)) : item(chance, field);
}

/**
 * @param {Chance} chance
 * @param {import('./schema.mjs').Field} field
 */
function item(chance, { kind, bits, object }) {
  switch (kind) {
    case 'object':
      return requestOf(chance, object);
    case 'time':
      return chance.time();
    case 'base64':
      return Buffer.from(chance.text()).toString('base64');
    case 'flag':
      return chance.of([true, false]);
    case 'text':
      return chance.text();
    case 'fraction':
      return chance.fraction();
    default:
      return chance.whole(bits);
  }
}

/**
 * Returns a request that can be written and read. Required fields are always there, because some have defaults.
 *
 * @param {Chance} chance
 * @param {string} type
 * @returns {Record<string, unknown>}
 */
function requestOf(chance, type) {
  const fields = fieldsOf(type).filter(({ isRequired }) => isRequired || chance.below(2));
  return Object.fromEntries(fields.map((field) => [field.name, fitting(chance, field)]));
}

suite('requests survive being written and read', () => {
  for (const type of REQUEST_TYPES) {
    test(type, () => {
      always(
        (chance) => requestOf(chance, type),
        (request) => {
          const wire = toWire(request, type);
          assert.deepEqual(fromWire(wire, type), request);
          assert.deepEqual(toWire(fromWire(wire, type), type), wire);
          assert.deepEqual(validate(fromWire(wire, type), type), validate(request, type));
        },
      );
    });
  }
});

/** @type {Map<string, import('./schema.mjs').Field[]>} */
const RESPONSE_FIELDS = new Map();

/**
 * Returns the fields of a response under their own names. The schema also has their other names, and does not tell texts
 * from times, which the reader moves to `extra` if they are not.
 *
 * @param {string} type
 */
function responseFields(type) {
  let fields = RESPONSE_FIELDS.get(type);
  if (fields === undefined) {
    const read = (/** @type {string} */ name, /** @type {unknown} */ value) =>
      /** @type {any} */ (fromWire({ [name]: value }, /** @type {any} */ (type)));
    const itemOf = (/** @type {string} */ kind) => (kind === 'text' ? 'x' : kind === 'object' ? {} : 1);
    fields = fieldsOf(type).flatMap((field) => {
      const { name, kind, isList } = field;
      const response = read(name, isList ? [itemOf(kind)] : itemOf(kind));
      if (name in response.extra) {
        return [{ ...field, kind: /** @type {const} */ ('time') }];
      }
      return name in response ? [field] : [];
    });
    RESPONSE_FIELDS.set(type, fields);
  }
  return fields;
}

/**
 * Returns a response as the package returns it.
 *
 * @param {Chance} chance
 * @param {string} type
 * @returns {Record<string, any>}
 */
function responseOf(chance, type) {
  const fields = responseFields(type);
  const known = new Set(fieldsOf(type).map(({ name }) => name));
  /** @type {Record<string, unknown>} */
  const response = {};
  const names = chance.list(2, () => chance.text()).filter((name) => !known.has(name));
  const extra = Object.fromEntries(names.map((name) => [name, chance.json()]));
  for (const field of fields) {
    const { name, kind, object, isList } = field;
    if (!isList && chance.below(4) === 0) {
      continue;
    }
    const make = () => {
      if (kind === 'object') {
        return responseOf(chance, object);
      }
      return item(chance, field);
    };
    const value = isList ? chance.list(3, make) : make();
    // Only IDs may be bigints. Other large integers are in `extra`.
    (typeof value === 'bigint' && !/^id$|Id$/.test(name) ? extra : response)[name] = value;
  }
  return { ...response, extra };
}

suite('responses survive being written and read', () => {
  for (const type of RESPONSE_NAMES) {
    test(type, () => {
      always(
        (chance) => responseOf(chance, type),
        (response) => {
          const wire = toWire(response, type);
          const again = fromWire(wire, type);
          assert.deepEqual(again, response);
          assert.deepEqual(toWire(again, type), wire);
        },
      );
    });
  }
});

/**
 * Returns the violations of a request, or `undefined` if its type cannot be inferred.
 *
 * @param {unknown} request
 * @param {import('recallflow').RequestName | undefined} type
 */
function violationsOf(request, type) {
  try {
    return validate(request, type);
  } catch (error) {
    assert(type === undefined && error instanceof ConfigError, String(error));
    assert.match(error.message, /could not infer the type/);
    return undefined;
  }
}

suite('validation throws only if it needs the type', () => {
  for (const type of [...REQUEST_TYPES, undefined]) {
    test(String(type), () => {
      const names = Object.keys(REQUESTS[type ?? 'UpdateRecallFlow']);
      always(
        (chance) => {
          const fields = chance.list(5, () => [chance.below(5) ? chance.of(names) : chance.text(), chance.anything()]);
          return chance.below(10) ? Object.fromEntries(fields) : chance.anything();
        },
        (request) => {
          const found = violationsOf(request, type);
          if (found === undefined) {
            return;
          }
          for (const { path, rule, message } of found) {
            assert(typeof path === 'string' && typeof rule === 'string' && message !== '');
          }
          warnings(request, type);
          if (found.length === 0) {
            toWire(request, type);
          } else if (found.some(({ rule }) => rule === 'type')) {
            assert.throws(() => toWire(request, type ?? 'UpdateRecallFlow'), InvalidRequestError);
          }
        },
      );
    });
  }
});

test('any JSON is read as a response or refused', () => {
  always(
    (chance) => chance.anything(),
    (wire) => {
      for (const type of /** @type {readonly any[]} */ (RESPONSE_NAMES)) {
        let response;
        try {
          response = /** @type {any} */ (fromWire(wire, type));
        } catch (error) {
          assert(error instanceof InvalidRequestError || error instanceof ConfigError, String(error));
          assert(!/internal error in recallflow/.test(error.message), error.message);
          continue;
        }
        assert(!inspect(response, { depth: null }).includes('no JSON'));
        assert.deepEqual(fromWire(toWire(response, type), type), response);
      }
    },
  );
});
