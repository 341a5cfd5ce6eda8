// @ts-check

/** Property tests with random values. */

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';

import { ConfigError, fromWire, InvalidRequestError, toWire, validate, warnings } from 'recallflow';

import {
  brokenObject,
  circle,
  deep,
  endless,
  FLOAT_FIELDS,
  LONG_FIELDS,
  REQUEST_TYPES,
  REQUESTS,
  revoked,
} from './specimens.mjs';

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
 * @param {string} name
 * @param {unknown} example
 */
function fitting(chance, name, example) {
  if (name === 'nodeList') {
    return chance.list(3, () => requestOf(chance, 'RecallNode'));
  }
  if (name === 'statusList') {
    return chance.list(3, () => chance.whole(32));
  }
  if (name === 'strTime' || name === 'endTime') {
    return chance.time();
  }
  if (name === 'baseFile') {
    return Buffer.from(chance.text()).toString('base64');
  }
  if (typeof example === 'boolean') {
    return chance.of([true, false]);
  }
  if (typeof example === 'string') {
    return chance.text();
  }
  return FLOAT_FIELDS.includes(name) ? chance.fraction() : chance.whole(LONG_FIELDS.includes(name) ? 63 : 31);
}

/** Defaults that are always filled in. */
const ALWAYS = {
  GroupCallQuery: ['current', 'size', 'taskType', 'strTime', 'endTime'],
  RecallFlowDetailQuery: ['keyId'],
  UpdateRecallFlow: ['keyId', 'recallInterval', 'recallNum', 'recallType'],
  RecallNode: ['source', 'hangUpSms', 'toSeat'],
};

/**
 * Returns a request that can be written and read.
 *
 * @param {Chance} chance
 * @param {keyof typeof REQUESTS} type
 * @returns {Record<string, unknown>}
 */
function requestOf(chance, type) {
  const fields = Object.entries(REQUESTS[type]).filter(([name]) => ALWAYS[type].includes(name) || chance.below(2));
  return Object.fromEntries(fields.map(([name, example]) => [name, fitting(chance, name, example)]));
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

/** The type of each field of a response: a flag, a text, texts, a time, a fraction, or an integer with its bits. */
const NODE_FIELDS = {
  ...{ source: 63, voiceFileId: 'text', voiceFileName: 'text', uploadName: 'text', text: 'text', lan: 'text' },
  ...{ speakingRate: 'fraction', ssmlGender: 63, accent: 31, hangUpSms: 'flag', idxSmsAppId: 63, smsContent: 'text' },
  ...{ senderId: 'text', feedbackPush: 'flag', feedbackValue: 'text', successPush: 'flag', successPushTime: 31 },
  ...{ failedPush: 'flag', ringPush: 'flag', toSeat: 'flag', sipGroupId: 63, outboundControl: 63, calloutRate: 31 },
  ...{ toSeatType: 63, toSeatKey: 'text', delayTransfer: 31, scriptId: 63, keyId: 63, taskId: 63, nodeStatus: 63 },
};
const RESPONSES = /** @type {const} */ ({
  GroupCallTask: {
    ...{ taskId: 63, taskName: 'text', status: 63, rate: 'text', numCnt: 63, callNum: 63, success: 63, fail: 63 },
    ...{ createdTime: 'time', scriptId: 63, taskType: 63, answeredNum: 63, asr: 'text', agentTotalFeetime: 63 },
    ...{ agentFee: 'text', chargeLen: 63, acd: 'text', groupCallPayFee: 'text', smsPayFee: 'text', sendSmsNum: 63 },
  },
  GroupCallPage: { records: 'GroupCallTask', total: 63, size: 63, current: 63, searchCount: 'flag', pages: 63 },
  RecallNodeDetail: NODE_FIELDS,
  RecallFlowDetail: {
    ...{ keyId: 63, recallInterval: 31, recallNum: 31, recallType: 63, status: 63, recallIntent: 'texts' },
    ...{ nodeList: 'RecallNodeDetail', total: 63, size: 63, current: 63, searchCount: 'flag', pages: 63 },
  },
});

/** Other names under which the service may send a field. */
const OTHER_NAMES = ['jobId', 'records', 'nodeList', 'pages'];

/**
 * Returns a response as the package returns it.
 *
 * @param {Chance} chance
 * @param {keyof typeof RESPONSES} type
 * @returns {Record<string, any>}
 */
function responseOf(chance, type) {
  const fields = RESPONSES[type];
  /** @type {Record<string, unknown>} */
  const response = {};
  const names = chance.list(2, () => chance.text()).filter((name) => !(name in fields) && !OTHER_NAMES.includes(name));
  const extra = Object.fromEntries(names.map((name) => [name, chance.json()]));
  for (const [name, kind] of Object.entries(fields)) {
    const isList = kind in RESPONSES || kind === 'texts';
    if (!isList && chance.below(4) === 0) {
      continue;
    }
    switch (kind) {
      case 'text':
        response[name] = chance.text();
        break;
      case 'texts':
        response[name] = chance.list(3, () => chance.text());
        break;
      case 'flag':
        response[name] = chance.of([true, false]);
        break;
      case 'time':
        response[name] = chance.time();
        break;
      case 'fraction':
        response[name] = chance.fraction();
        break;
      default: {
        const inner = /** @type {any} */ (kind);
        const value = isList ? chance.list(4, () => responseOf(chance, inner)) : chance.whole(inner);
        // Only IDs may be bigints. Other large integers are in `extra`.
        (typeof value === 'bigint' && !name.endsWith('Id') ? extra : response)[name] = value;
      }
    }
  }
  return { ...response, extra };
}

suite('responses survive being written and read', () => {
  for (const type of /** @type {(keyof typeof RESPONSES)[]} */ (Object.keys(RESPONSES))) {
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
      for (const type of /** @type {any[]} */ (Object.keys(RESPONSES))) {
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
