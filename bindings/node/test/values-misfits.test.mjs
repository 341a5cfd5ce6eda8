// @ts-check

/** Tests requests with values of every JavaScript type. */

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { fromWire, InvalidRequestError, toWire, validate, warnings } from 'recallflow';

import { thrownBy } from './support.mjs';
import {
  ALL_FIELDS,
  Broken,
  brokenObject,
  circle,
  deep,
  endless,
  NODE,
  QUERY,
  REQUEST_TYPES,
  REQUESTS,
  revoked,
  UPDATE,
  withField,
} from './specimens.mjs';

test('every sample is valid', () => {
  for (const type of REQUEST_TYPES) {
    assert.deepEqual(validate(REQUESTS[type], type), []);
  }
});

/** Values that fit no field, and their description in violations. @type {[unknown, string][]} */
const MISFITS = [
  [{}, 'an object'],
  [new Broken(), 'an object'],
  [Object.create(null), 'an object'],
  [{ toJSON: () => 1 }, 'an object'],
  [new Date(0), 'a `Date`: write the time that the service shows, as `yyyy-MM-dd HH:mm:ss`'],
  [new Date(Number.NaN), 'a `Date`'],
  [new Map([['a', 1]]), 'a `Map`'],
  [new Set([1]), 'a `Set`'],
  [new WeakMap(), 'a `WeakMap`'],
  [Promise.resolve(1), 'a `Promise`: an `await` is missing'],
  [/x/, 'a `RegExp`'],
  [new Error('x'), 'a `Error`'],
  [Buffer.from('x'), 'a `Uint8Array`'],
  [new ArrayBuffer(1), 'a `ArrayBuffer`'],
  [Object(1), 'a `Number`'],
  [Object('abc'), 'a `String`'],
  [Object(true), 'a `Boolean`'],
  [Object(1n), 'a `BigInt`'],
  [Object(Symbol('x')), 'a `Symbol`'],
  [Math, 'a `Math`'],
  [[1][Symbol.iterator](), 'a `Array Iterator`'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
  [2n ** 70n, 'a number of 71 bits'],
  [-(2n ** 64n), 'a number of 65 bits'],
  [-(2n ** 5000n), 'a number of 5001 bits'],
  [2 ** 60, 'beyond 2^53 give a bigint'],
  [Number.MAX_VALUE, 'beyond 2^53 give a bigint'],
  ['\ud800', 'a text with a lone surrogate'],
  ['x\udc00x', 'a text with a lone surrogate'],
  [() => 1, 'a function'],
  [class {}, 'a function'],
  [Symbol('x'), 'a symbol'],
  [Symbol.iterator, 'a symbol'],
  [brokenObject(), 'an object'],
  [revoked(), 'an object that cannot be read'],
  [new Proxy([], { get: () => assert.fail('no') }), 'an object that cannot be read'],
];

/**
 * Returns the broken rules at a path.
 *
 * @param {string} path
 * @param {readonly import('recallflow').Violation[]} found
 */
function rulesAt(path, found) {
  return found.filter((each) => each.path === path).map(({ rule }) => rule);
}

suite('a value that fits no field is reported', () => {
  for (const [type, name, { path, kind, isList }] of ALL_FIELDS) {
    test(`${type}.${name}`, () => {
      for (const [value, text] of MISFITS) {
        if (typeof value === 'number' && Number.isFinite(value) && kind === 'fraction' && !isList) {
          // It is a number, though out of range.
          assert.deepEqual(rulesAt(path, validate(withField(type, name, value), type)), ['range']);
          continue;
        }
        const request = withField(type, name, value);
        const [violation] = validate(request, type).filter((each) => each.path === path);
        assert(violation !== undefined, text);
        assert.equal(violation.rule, 'type');
        assert(violation.message.startsWith(`\`${path}\` must be `), violation.message);
        assert(violation.message.includes(text), `${violation.message} has no ${text}`);
        const error = thrownBy(() => toWire(request, type));
        assert(error instanceof InvalidRequestError);
        assert(error.violations.some((each) => each.message === violation.message));
        assert.deepEqual(warnings(request, type), []);
        assert.equal(request[name], value);
      }
    });
  }
});

suite('an infinite value is reported', () => {
  for (const [type, name, field] of ALL_FIELDS) {
    test(`${type}.${name}`, () => {
      for (const value of [endless(), circle(), deep(500), deep(100_000), [endless()], { a: endless() }]) {
        const found = validate(withField(type, name, value), type);
        const rules = found.filter(({ path }) => path.startsWith(field.path)).map(({ rule }) => rule);
        assert.deepEqual([...new Set(rules)], ['type']);
      }
    });
  }
});

suite('booleans and numbers are distinguished', () => {
  for (const [type, name, { path, kind, isList }] of ALL_FIELDS) {
    test(`${type}.${name}`, () => {
      const isFlag = kind === 'flag' && !isList;
      const rulesOf = (value) => rulesAt(path, validate(withField(type, name, value), type));
      for (const value of [true, false]) {
        assert.deepEqual(rulesOf(value), isFlag ? [] : ['type']);
      }
      if (isFlag) {
        assert.deepEqual(rulesOf('true'), ['type']);
        assert.deepEqual(rulesOf(2), ['one_of']);
      }
    });
  }
});

/** Numbers that fields may accept or refuse. */
const NUMBERS = [
  ...[0, -0, 1, -1, 1.5, 0.25, 1e-7, 5e-324, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 32 + 5],
  ...[Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 53, 2 ** 63, 1e21],
  ...[5n, 2n ** 31n, 2n ** 32n + 5n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n, 2n ** 64n - 1n],
];

suite('a number is sent exactly, or refused', () => {
  for (const [type, name, { path: fieldPath, kind, bits, isList }] of ALL_FIELDS) {
    if (isList || !['integer', 'enum', 'fraction'].includes(kind)) {
      continue;
    }
    test(`${type}.${name}`, () => {
      const isFloat = kind === 'fraction';
      // A field with fractions is not exact beyond 2^53.
      const numbers = NUMBERS.filter((number) => !isFloat || Math.abs(Number(number)) <= Number.MAX_SAFE_INTEGER);
      const taken = numbers.filter((number) => {
        const request = withField(type, name, number);
        let wire;
        try {
          wire = /** @type {any} */ (toWire(request, type));
        } catch (error) {
          assert(error instanceof InvalidRequestError);
          assert.deepEqual(
            error.violations.map(({ path, rule }) => [path, rule]),
            [[fieldPath, 'type']],
          );
          return false;
        }
        const written = fieldPath.split('.').reduce((object, part) => object[part], wire);
        const again = /** @type {any} */ (fromWire(wire, type));
        // A bigint may be read back as a number.
        assert(written == number && again[name] == number, `${written} is not ${number}`);
        return true;
      });
      if (isFloat) {
        for (const number of [0, 1, -1, 1.5, 0.25, 1e-7, 5e-324, 2 ** 32 + 5]) {
          assert(taken.includes(number), String(number));
        }
      } else {
        const isWhole = (number) => typeof number === 'bigint' || Number.isSafeInteger(number);
        const limit = 2n ** BigInt(bits);
        const expected = numbers.filter(isWhole).filter((number) => -limit <= BigInt(number) && BigInt(number) < limit);
        assert.deepEqual(taken, expected);
      }
    });
  }
});

test('the violation for an unsafe integer suggests a bigint', () => {
  const [violation] = validate({ keyId: 2 ** 53 }, 'RecallFlowDetailQuery');
  assert.match(violation?.message ?? '', /9007199254740992, which may be another number already: .*bigint/);
  assert.deepEqual(validate({ keyId: 2n ** 53n + 1n }, 'RecallFlowDetailQuery'), []);
  assert.deepEqual(toWire({ keyId: 2n ** 53n + 1n }, 'RecallFlowDetailQuery'), { keyId: 2n ** 53n + 1n });
});

test('undefined is the same as absent', () => {
  for (const [type, name] of ALL_FIELDS) {
    const request = withField(type, name, undefined);
    const without = { ...request };
    delete without[name];
    assert.deepEqual(validate(request, type), validate(without, type));
    assert.deepEqual(warnings(request, type), warnings(without, type));
  }
  assert.deepEqual(
    validate({ type: 1, id: 299, recallInterval: undefined, nodeList: undefined }),
    [],
    'it does not tell the type, either',
  );
});

test('undefined items and holes of a list are reported', () => {
  const nodes = [NODE, , undefined]; // eslint-disable-line no-sparse-arrays -- the test is about holes
  const found = validate({ ...UPDATE, nodeList: nodes });
  assert.deepEqual(
    found.map(({ path, rule }) => [path, rule]),
    [
      ['nodeList[1]', 'type'],
      ['nodeList[2]', 'type'],
    ],
  );
  assert.match(found[0]?.message ?? '', /undefined/);
  assert.deepEqual(
    validate({ ...QUERY, statusList: new Array(2) }).map(({ path }) => path),
    ['params.statusList[0]', 'params.statusList[1]'],
  );
});

test('items of the wrong type are reported with their index', () => {
  for (const item of [null, 7, 'x', [], 5n, new Map(), NODE.text]) {
    const found = validate({ ...UPDATE, nodeList: [item, NODE, item] }).map(({ path, rule }) => [path, rule]);
    assert.deepEqual(found, [
      ['nodeList[0]', 'type'],
      ['nodeList[2]', 'type'],
    ]);
  }
  assert.deepEqual(
    validate({ ...QUERY, statusList: [1, '1', null, 1.5] }).map(({ path, rule }) => [path, rule]),
    [
      ['params.statusList[1]', 'type'],
      ['params.statusList[2]', 'type'],
      ['params.statusList[3]', 'type'],
    ],
  );
});

test('fields of nodes are reported with their path', () => {
  const nodeList = [NODE, { ...NODE, accent: 1.5, toSeat: 'yes', txet: 'Hello' }];
  const found = validate({ ...UPDATE, nodeList }).map(({ path, rule }) => [path, rule]);
  assert.deepEqual(found.sort(), [
    ['nodeList[1].accent', 'type'],
    ['nodeList[1].toSeat', 'type'],
    ['nodeList[1].txet', 'type'],
  ]);
});

test('misspelt fields are reported', () => {
  for (const [type, name] of ALL_FIELDS) {
    for (const wrong of [`${name}s`, name.toUpperCase(), `_${name}`, ` ${name}`, 'constructor', '', 'é', '\u{1f600}']) {
      const request = { ...REQUESTS[type], [wrong]: 1 };
      const [violation] = validate(request, type);
      assert(violation !== undefined, wrong);
      assert.equal(violation.rule, 'type');
      assert.match(violation.message, /is not a field of the request/);
    }
  }
});

test('inherited properties are not fields', () => {
  const odd = JSON.parse('{"keyId": 12, "__proto__": {"keyId": 13}}');
  const [violation] = validate(odd, 'RecallFlowDetailQuery');
  assert.equal(violation?.path, '__proto__');
  assert.throws(() => toWire(odd, 'RecallFlowDetailQuery'), InvalidRequestError);
  assert.throws(() => fromWire(odd, 'RecallFlowDetailQuery'), InvalidRequestError);
  // A lone surrogate in a name is reported as well.
  assert.equal(validate({ keyId: 12, '\ud800': 1 }, 'RecallFlowDetailQuery').length, 1);
});

test('fields that the wire nests are flat', () => {
  const [violation, ...others] = validate({ ...QUERY, params: { strTime: QUERY.strTime } }, 'GroupCallQuery');
  assert.deepEqual(others, []);
  assert.equal(violation?.path, 'params');
  assert.equal(violation.rule, 'type');
  assert.match(violation.message, /must be left out, because its fields stand beside the others/);
  const nested = { current: 1, size: 10, params: { strTime: QUERY.strTime, endTime: QUERY.endTime, taskType: 3 } };
  assert(validate(nested, 'GroupCallQuery').some(({ path }) => path === 'params'));
});

suite('any object can be a request', () => {
  class Query {
    keyId = 12;
    #secret = 5;

    get other() {
      return this.#secret;
    }
  }
  const inherited = Object.create({ keyId: 13, recallNum: 5 });
  inherited.keyId = 12;
  const withSymbol = { keyId: 12, [Symbol('note')]: 'x' };
  const withHidden = Object.defineProperty({ keyId: 12 }, 'note', { value: 'x' });
  const withGetter = {
    get keyId() {
      return 12;
    },
  };
  const objects = {
    'an instance of a class': new Query(),
    'without a prototype': Object.assign(Object.create(null), { keyId: 12 }),
    'with inherited properties, which are not its own': inherited,
    frozen: Object.freeze({ keyId: 12 }),
    'with a symbol': withSymbol,
    'with a property that is not enumerable': withHidden,
    'with a getter': withGetter,
    'a proxy': new Proxy({ keyId: 12 }, {}),
  };
  for (const [name, object] of Object.entries(objects)) {
    test(name, () => {
      assert.deepEqual(validate(object, 'RecallFlowDetailQuery'), []);
      assert.deepEqual(toWire(object, 'RecallFlowDetailQuery'), { keyId: 12 });
    });
  }
});

test('toJSON is not called', () => {
  const request = { keyId: 12, toJSON: () => ({ keyId: 13 }) };
  assert.deepEqual(
    validate(request, 'RecallFlowDetailQuery').map(({ path }) => path),
    ['toJSON'],
  );
  const date = Object.assign(Object.create({ toJSON: () => ({ keyId: 13 }) }), { keyId: 12 });
  assert.deepEqual(toWire(date, 'RecallFlowDetailQuery'), { keyId: 12 });
});

suite('anything but an object is refused', () => {
  for (const wrong of [undefined, null, 1, 1n, 'x', true, [], [UPDATE], new Map(), () => UPDATE, new Date(0), circle]) {
    test(String(wrong), () => {
      for (const type of [...REQUEST_TYPES, undefined]) {
        const [violation, ...others] = validate(wrong, type);
        assert.deepEqual(others, []);
        assert.equal(violation?.rule, 'type');
        assert.match(violation.message, /must be an object/);
        assert.deepEqual(warnings(wrong, type), []);
      }
      for (const type of REQUEST_TYPES) {
        assert.throws(() => toWire(/** @type {any} */ (wrong), type), InvalidRequestError);
      }
    });
  }
});

test('an object that throws while it is read is reported', () => {
  const request = { ...UPDATE, nodeList: [NODE, { ...NODE, text: brokenObject() }, revoked()] };
  assert.deepEqual(
    validate(request).map(({ path, rule }) => [path, rule]),
    [
      ['nodeList[1].text', 'type'],
      ['nodeList[2]', 'type'],
    ],
  );
  assert.equal(validate(revoked()).length, 1);
});

test('a property that throws while it is read is reported with its path', () => {
  const thrower = (/** @type {object} */ holder, /** @type {string} */ name) =>
    Object.defineProperty({ ...holder }, name, {
      enumerable: true,
      get() {
        throw new RangeError('not today');
      },
    });
  const [violation, ...others] = validate(thrower(UPDATE, 'recallNum'));
  assert.deepEqual([violation?.path, violation?.rule, others], ['recallNum', 'type', []]);
  assert.match(violation?.message ?? '', /^`recallNum` must be .*, but is a property that cannot be read$/);
  const request = { ...UPDATE, nodeList: [NODE, thrower(NODE, 'source')] };
  assert.deepEqual(
    validate(request).map(({ path, rule }) => [path, rule]),
    [['nodeList[1].source', 'type']],
  );
  assert.throws(() => toWire(thrower(QUERY, 'strTime'), 'GroupCallQuery'), {
    name: 'InvalidRequestError',
    message: /`params\.strTime` .* cannot be read/,
  });
});
