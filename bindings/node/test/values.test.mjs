// @ts-check

/** Tests validation, `toWire`, `fromWire` and `toUpdate`. */

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';

import {
  ConfigError,
  fromWire,
  InvalidRequestError,
  RecallNode,
  RecallStatus,
  TaskStatus,
  toWire,
  validate,
  warnings,
} from 'recallflow';

import { NODE, QUERY, REQUEST_TYPES, REQUESTS, revoked, UPDATE } from './specimens.mjs';
import { success, sandboxFor, thrownBy } from './support.mjs';

test('warnings report probable mistakes', () => {
  const [warning, ...others] = warnings({ ...NODE, toSeatType: 1 });
  assert.deepEqual(others, []);
  assert.deepEqual(warning, {
    path: 'delayTransfer',
    message: '`delayTransfer` takes effect only when `toSeat` is 1 and `toSeatType` is 2.',
  });
  assert.deepEqual(
    warnings({ ...UPDATE, nodeList: [NODE, { ...NODE, toSeatType: 1 }] })[0]?.path,
    'nodeList[1].delayTransfer',
  );
  assert.deepEqual(warnings(UPDATE), []);
});

test('violations and warnings are plain objects', () => {
  const [violation] = validate({ keyId: 1.5 }, 'RecallFlowDetailQuery');
  assert.equal(Object.getPrototypeOf(violation), Object.prototype);
  assert.deepEqual(Object.keys(violation ?? {}), ['path', 'rule', 'message']);
  assert.deepEqual(structuredClone(violation), violation);
});

suite('requests survive being written and read', () => {
  for (const type of REQUEST_TYPES) {
    test(type, () => {
      const request = REQUESTS[type];
      const wire = toWire(request, type);
      assert.deepEqual(fromWire(wire, type), request);
      assert.deepEqual(fromWire(JSON.stringify(wire), type), request);
      assert.deepEqual(toWire(fromWire(wire, type), type), wire);
    });
  }
});

test('the wire has nested fields, and flags as numbers', () => {
  const { current, size, ...params } = QUERY;
  assert.deepEqual(toWire(QUERY), { current, size, params });
  const { hangUpSms, ringPush } = /** @type {any} */ (toWire(NODE));
  assert.deepEqual([hangUpSms, ringPush], [1, 0]);
});

test('defaults are filled in', () => {
  const span = { strTime: QUERY.strTime, endTime: QUERY.endTime };
  assert.deepEqual(toWire(span, 'GroupCallQuery'), { current: 1, size: 100, params: { ...span, taskType: 3 } });
  const { hangUpSms, toSeat } = /** @type {any} */ (toWire(RecallNode.uploaded('f')));
  assert.deepEqual([hangUpSms, toSeat], [0, 0]);
});

test('a flag may be a number as on the wire', () => {
  const [yes, no] = [1, 0].map((flag) => toWire({ ...NODE, ringPush: flag }, 'RecallNode'));
  assert.deepEqual(yes, toWire({ ...NODE, ringPush: true }));
  assert.deepEqual(no, toWire({ ...NODE, ringPush: false }));
});

test('an unreadable request is not written', () => {
  const error = thrownBy(() => toWire({ ...UPDATE, recallNum: 1.5, x: 1 }));
  assert(error instanceof InvalidRequestError);
  assert.deepEqual(error.violations.map(({ path, rule }) => [path, rule]).sort(), [
    ['recallNum', 'type'],
    ['x', 'type'],
  ]);
  // Other rules are not checked.
  assert.deepEqual(toWire({ keyId: -5 }, 'RecallFlowDetailQuery'), { keyId: -5 });
});

suite('foreign JSON is refused', () => {
  const texts = ['', '[]', '5', '"x"', 'null', '{', '{"keyId": 12} {}', '{"keyId": NaN}', "{'keyId': 12}", '\ud800'];
  for (const wire of [...texts, '{"keyId": "\ud800"}', [], 5, null]) {
    test(inspect(wire), () => {
      for (const type of /** @type {any[]} */ ([...REQUEST_TYPES, 'RecallFlowDetail', 'GroupCallTask'])) {
        assert.throws(
          () => fromWire(wire, type),
          (error) => {
            // A lone surrogate is not a valid text.
            const kind =
              typeof wire === 'string' && !wire.isWellFormed()
                ? [InvalidRequestError, ConfigError]
                : [InvalidRequestError];
            assert(
              kind.some((each) => error instanceof each),
              String(error),
            );
            return true;
          },
        );
      }
    });
  }
});

test('an escaped lone surrogate is refused in a request, and becomes U+FFFD in a response', () => {
  const wire = '{"keyId": "\\ud800"}';
  for (const type of /** @type {readonly any[]} */ (REQUEST_TYPES)) {
    assert.throws(() => fromWire(wire, type), InvalidRequestError);
  }
  assert.equal(fromWire(wire, 'RecallFlowDetail').extra.keyId, '\ufffd');
  assert.equal(fromWire('{"taskName": "a\\ud800"}', 'GroupCallTask').taskName, 'a\ufffd');
});

test('a large number with an exponent is written unchanged', () => {
  const wire = '{"a":1e20,"b":[9.007199254740993e15],"c":-0.0}';
  const page = fromWire(wire, 'GroupCallPage');
  assert.deepEqual(toWire(page, 'GroupCallPage'), { a: 1e20, b: [9007199254740992], c: -0, records: [] });
});

suite('a response cannot hold values without JSON', () => {
  /** @type {[unknown, RegExp][]} */
  const misfits = [
    [new Map(), /a `Map`/],
    [Number.NaN, /NaN/],
    [2n ** 70n, /a number of 71 bits/],
    ['\ud800', /a text with a lone surrogate/],
    [[undefined], /undefined/],
    [() => 1, /a function/],
    [revoked(), /an object that cannot be read/],
  ];
  for (const [value, text] of misfits) {
    test(inspect(value), () => {
      const path = String(text) === '/undefined/' ? '[0]' : '';
      const refuses = (act, where) => {
        const error = thrownBy(act);
        assert(error instanceof ConfigError, String(error));
        assert.match(error.message, text);
        assert(error.message.startsWith(`\`${where}${path}\` is `), error.message);
      };
      refuses(() => toWire(/** @type {any} */ ({ extra: { a: value } }), 'GroupCallTask'), 'a');
      refuses(
        () => toWire(/** @type {any} */ ({ records: [{ extra: { a: [value] } }], extra: {} }), 'GroupCallPage'),
        'records[0].a[0]',
      );
      refuses(() => fromWire({ taskName: value }, 'GroupCallTask'), 'taskName');
      refuses(() => fromWire({ records: [{ x: { y: value } }] }, 'GroupCallPage'), 'records[0].x.y');
    });
  }
  test('nor be one', () => {
    for (const value of [undefined, new Map(), Buffer.from('{}'), Promise.resolve({}), () => ({})]) {
      assert.throws(() => fromWire(value, 'GroupCallTask'), {
        name: 'ConfigError',
        message: /^expected an object for a `GroupCallTask`, got /,
      });
      assert.throws(() => toWire(/** @type {any} */ (value), 'GroupCallTask'), { name: 'ConfigError' });
    }
  });
});

test('only objects are written', () => {
  for (const value of [undefined, null, 5, 'x', true, 5n, Symbol('x'), []]) {
    assert.throws(() => toWire(/** @type {any} */ (value)), InvalidRequestError);
  }
});

const FLOW = {
  keyId: 299,
  recallInterval: 30,
  recallNum: 1,
  recallType: 0,
  status: 0,
  nodeList: [
    {
      keyId: 1,
      taskId: 2,
      nodeStatus: 0,
      source: 3,
      text: 'Hi',
      lan: 'EN',
      hangUpSms: 0,
      toSeat: 0,
      ringPush: 1,
      news: 5,
    },
  ],
  more: 'x',
};

suite('a whole response with its envelope is refused', () => {
  const refused = (wire, /** @type {any} */ type) => {
    const error = thrownBy(() => fromWire(wire, type));
    assert.equal(error.constructor, ConfigError);
    assert.match(error.message, new RegExp(`^expected a \`${type}\`, got a whole response .*: pass its \`data\`$`));
  };

  test('with any code and any of the names', () => {
    const page = { records: [{ taskId: 7 }], total: 1 };
    refused({ code: 0, msg: 'success', data: page }, 'GroupCallPage');
    refused({ code: 0, data: page }, 'GroupCallPage');
    refused({ status: '0', reason: 'success', data: FLOW }, 'RecallFlowDetail');
    refused({ code: 0, msg: 'success', data: FLOW }, 'RecallFlowDetail');
    refused('{"code": -1, "msg": "wrong key"}', 'GroupCallPage');
    refused('{"status": -1, "msg": "wrong key", "data": null}', 'RecallFlowDetail');
    refused({ code: 0, msg: 'success', data: {} }, 'GroupCallTask');
  });

  test('but not data that has such names as well', () => {
    const names = { code: 0, msg: 'success', data: {} };
    assert.deepEqual(fromWire({ ...names, total: 0 }, 'GroupCallPage'), { records: [], total: 0, extra: names });
    assert.equal(fromWire({ ...FLOW, ...names }, 'RecallFlowDetail').keyId, 299);
    assert.deepEqual(fromWire({ status: 1 }, 'RecallFlowDetail'), {
      status: 1,
      recallIntent: [],
      nodeList: [],
      extra: {},
    });
    assert.deepEqual(fromWire({ data: 5 }, 'GroupCallPage').extra, { data: 5 });
    assert.deepEqual(fromWire({ status: 1, reason: 'x' }, 'GroupCallTask'), { status: 1, extra: { reason: 'x' } });
    assert.deepEqual(fromWire({}, 'GroupCallPage'), { records: [], extra: {} });
  });
});

suite('toUpdate returns the update that changes nothing', () => {
  const detail = fromWire(FLOW, 'RecallFlowDetail');
  const update = {
    keyId: 299,
    recallInterval: 30,
    recallNum: 1,
    recallType: 0,
    nodeList: [
      { source: 3, text: 'Hi', lan: 'EN', hangUpSms: false, ringPush: true, toSeat: false, extra: { news: 5 } },
    ],
    extra: { more: 'x' },
  };

  test('and is not enumerable', () => {
    assert.deepEqual(detail.toUpdate(), update);
    assert(!Object.keys(detail).includes('toUpdate'));
    assert(!inspect(detail).includes('toUpdate'));
    assert(!JSON.stringify(detail).includes('toUpdate'));
    assert(!('toUpdate' in { ...detail }));
    assert.deepEqual({ ...detail }, detail);
    assert(!('toUpdate' in structuredClone(detail)));
    assert.deepEqual(structuredClone(detail), detail);
    assert.equal(Object.getPrototypeOf(detail), Object.prototype);
  });

  test('also after JSON', () => {
    const kept = JSON.parse(JSON.stringify(detail));
    assert.deepEqual(fromWire(toWire(kept, 'RecallFlowDetail'), 'RecallFlowDetail').toUpdate(), update);
    const copy = fromWire(toWire(structuredClone(detail), 'RecallFlowDetail'), 'RecallFlowDetail');
    assert.deepEqual(copy, detail);
    assert.deepEqual(copy.toUpdate(), update);
  });

  test('which can be changed', () => {
    const changed = { ...detail.toUpdate(), recallInterval: 60 };
    assert.deepEqual(changed, { ...update, recallInterval: 60 });
    assert(!Object.isFrozen(detail.toUpdate()));
  });

  test('or throws if a field is missing', () => {
    for (const lacking of ['keyId', 'recallInterval', 'recallNum', 'recallType']) {
      const error = thrownBy(() => fromWire({ ...FLOW, [lacking]: undefined }, 'RecallFlowDetail').toUpdate());
      assert(error instanceof InvalidRequestError);
      assert.deepEqual(
        error.violations.map(({ path, rule }) => [path, rule]),
        [[lacking, 'required']],
      );
      // The caller passed no arguments.
      assert(error.message.startsWith(`could not turn the response into an update: it lacks \`${lacking}\`; `));
      assert(error.message.endsWith(String(error.remedy)));
    }
    assert(!('nodeList' in fromWire({ ...FLOW, nodeList: [] }, 'RecallFlowDetail').toUpdate()));
  });

  test('or throws if a value has the wrong type', () => {
    const odd = fromWire({ ...FLOW, recallInterval: 2 ** 40 }, 'RecallFlowDetail');
    assert.equal(odd.recallInterval, undefined);
    const error = thrownBy(() => odd.toUpdate());
    assert(error instanceof InvalidRequestError);
    assert.match(
      error.message,
      /^could not turn the response into an update: `recallInterval` must be .*; build the update/,
    );
  });

  test('with all digits of its key', () => {
    const keyId = 2n ** 53n + 1n;
    const long = fromWire({ ...FLOW, keyId }, 'RecallFlowDetail');
    assert.equal(long.keyId, keyId);
    assert.equal(long.toUpdate().keyId, keyId);
    assert.deepEqual(toWire(long.toUpdate(), 'UpdateRecallFlow').keyId, keyId);
  });

  test('of a flow only', () => {
    const { toUpdate } = detail;
    assert.throws(() => toUpdate.call(/** @type {any} */ (undefined)), ConfigError);
    assert.throws(() => toUpdate.call(/** @type {any} */ ({})), InvalidRequestError);
  });
});

/** @param {unknown} task */
function taskOf(task) {
  return fromWire(task, 'GroupCallTask');
}

suite('responses', () => {
  test('lack absent fields', () => {
    const task = taskOf({ taskId: 7, status: null });
    assert.equal(task.status, undefined);
    assert.deepEqual(Object.keys(task), ['taskId', 'extra']);
    assert.deepEqual(task, { taskId: 7, extra: {} });
    assert.deepEqual(fromWire({}, 'GroupCallPage'), { records: [], extra: {} });
    assert.deepEqual(fromWire({}, 'RecallFlowDetail'), { recallIntent: [], nodeList: [], extra: {} });
    const page = fromWire({ records: [{}, { taskId: 1 }, {}], total: 3 }, 'GroupCallPage');
    assert.deepEqual(page, { records: [{ extra: {} }, { taskId: 1, extra: {} }, { extra: {} }], total: 3, extra: {} });
  });

  test('keep unknown numbers of enums', () => {
    assert.equal(taskOf({ status: 99 }).status, 99);
    assert.equal(taskOf({ status: -1 }).status, -1);
    assert.equal(taskOf({ status: '2' }).status, TaskStatus.FINISHED);
    assert.equal(fromWire({ status: 77 }, 'RecallFlowDetail').status, 77);
    assert.notEqual(RecallStatus.PENDING, 77);
  });

  test('keep values of a wrong type, and unknown fields', () => {
    const task = taskOf({ taskId: 'x', rate: 5, success: 1.5, news: [1, { a: null }], taskName: ['x'] });
    assert.deepEqual(task, { extra: { taskId: 'x', rate: 5, success: 1.5, news: [1, { a: null }], taskName: ['x'] } });
  });

  test('have no properties that they do not own', () => {
    const text = '{"__proto__": {"taskName": "x"}, "constructor": 1, "nested": {"__proto__": 5, "toString": null}}';
    const task = taskOf(text);
    assert.equal(Object.getPrototypeOf(task.extra), Object.prototype);
    assert.equal(task.taskName, undefined);
    assert.deepEqual(Object.keys(task.extra), ['__proto__', 'constructor', 'nested']);
    assert.deepEqual(JSON.parse(JSON.stringify(task.extra)), JSON.parse(text));
    assert.deepEqual(taskOf(toWire(task, 'GroupCallTask')), task);
  });

  test('share no mutable objects', () => {
    const [one, other] = [taskOf({ a: 1 }), taskOf({ a: 1 })];
    assert.notEqual(one.extra, other.extra);
    const [empty] = [taskOf({}), taskOf({})];
    assert.throws(() => Object.assign(empty.extra, { x: 1 }), TypeError);
    assert.deepEqual(taskOf({}).extra, {});
  });

  test('show text of any script next to any other', async (t) => {
    const names = [
      ...['', 'a', 'é', 'ÿ', 'Ā', '', '元', '😀', 'a😀b', 'plain', '\u0000', '\u2028', '\ufeff', '\ufffd', '👩‍👩‍👧', 'z'],
      ...['"\\/\b\f\n\r\t', '\u{10ffff}', 'x'.repeat(1000), '😀'.repeat(500), 'a', '', 'ß', 'end'],
    ];
    const sandbox = await sandboxFor(t);
    const records = names.map((name, index) => ({ taskId: index, taskName: name, rate: '5', [`${name}!`]: name }));
    const client = sandbox.client();
    for (const order of [records, records.toReversed()]) {
      sandbox.script(success({ records: order, total: order.length }));
      const page = await client.queryGroupCalls({ strTime: QUERY.strTime, endTime: QUERY.endTime });
      const seen = page.records.map(({ taskId, taskName, rate, extra }) => ({ taskId, taskName, rate, ...extra }));
      assert.deepEqual(seen, order);
    }
    await client.updateRecallFlow({ ...UPDATE, nodeList: [RecallNode.textToSpeech('é😀元a', 'EN')] });
    const sent = /** @type {any} */ (sandbox.requests.at(-1)?.json());
    assert.equal(sent.nodeList[0].text, 'é😀元a');
    assert.equal((await client.queryRecallFlowDetail(299)).nodeList[0]?.text, 'é😀元a');
  });
});
