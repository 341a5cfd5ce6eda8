// @ts-check

/** Tests how the type of a value is inferred, and given. */

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { ConfigError, fromWire, toWire, toWireText, validate, warnings } from 'recallflow';

import { NODE, QUERY, SPAN, UPDATE } from './specimens.mjs';
import { thrownBy } from './support.mjs';

suite('the type of a request is inferred', () => {
  /** @type {[string, object, string[]][]} */
  const inferred = [
    ['a cancellation', { type: 1, id: 299 }, []],
    ['a part of an update', { keyId: 299, nodeList: [NODE] }, ['recallInterval', 'recallNum', 'recallType']],
    ['an update', { ...UPDATE, recallInterval: 0 }, ['recallInterval']],
    ['an update with a misspelt field', { ...UPDATE, recalNum: 1 }, ['recalNum']],
    ['a query of tasks', { ...QUERY, size: 101 }, ['size']],
    ['a span without an end', { strTime: QUERY.strTime, statusList: [1] }, ['params.endTime']],
    ['a node', { ...NODE, accent: 1.5 }, ['accent']],
    ['a node without its text', { source: 3, lan: 'EN' }, ['text']],
    ['a cancellation with a value of a wrong type', { type: 1, id: 1.5 }, ['id']],
  ];
  for (const [name, request, paths] of inferred) {
    test(name, () => {
      assert.deepEqual(
        validate(request).map(({ path }) => path),
        paths,
      );
    });
  }
});

suite('a type that cannot be inferred has to be given', () => {
  /** @type {[string, object, RegExp][]} */
  const values = [
    ['a span of time', SPAN, /`GroupCallQuery`, .*`RecallFlowQuery`/],
    ['a misspelt span of time', { strTime: QUERY.strTime, endtime: '' }, /`GroupCallQuery`, .*`RecallFlowQuery`/],
    ['a page without items', { extra: {}, size: 5 }, /`GroupCallPage`, .*`RecallFlowPage`/],
    ['a task or a node', { taskId: 7, extra: {} }, /`GroupCallTask`, .*`RecallNodeDetail`/],
    [
      'a flow that may be an update',
      { ...UPDATE, recallIntent: [], nodeList: [], extra: {} },
      /`UpdateAgentRecallFlow`.*, `RecallFlowDetail`/,
    ],
  ];
  for (const [name, value, types] of values) {
    test(name, () => {
      for (const act of 'extra' in value ? [toWire, toWireText] : [toWire, toWireText, validate, warnings]) {
        const error = thrownBy(() => act(value));
        assert(error instanceof ConfigError, String(error));
        assert.match(
          error.message,
          /^could not infer the type, because the value fits several equally well: .*; pass the name of its type$/,
        );
        assert.match(error.message, types);
      }
    });
  }

  test('and is then used', () => {
    assert.deepEqual(toWire({ size: 5, records: [], extra: {} }, 'GroupCallPage'), { records: [], size: 5 });
    assert.deepEqual(
      validate({}, 'RecallNode').map(({ path }) => path),
      ['source'],
    );
  });
});

suite('the type of a response is inferred from its fields and those of its items', () => {
  /** @type {[import('recallflow').ResponseName, object][]} */
  const responses = [
    ['GroupCallPage', { records: [{ taskId: 7, rate: '5' }], total: 1 }],
    ['GroupCallTask', { taskId: 7, rate: '5' }],
    ['RecallFlowDetail', { keyId: 7, status: 0, nodeList: [{ keyId: 8, source: 1, voiceFileId: 'a' }] }],
    ['RecallFlowDetail', { ...UPDATE, nodeList: [{ keyId: 8, source: 1, voiceFileId: 'a' }] }],
    ['RecallNodeDetail', { nodeStatus: 0, source: 1, voiceFileId: 'a' }],
  ];
  for (const [type, wire] of responses) {
    test(`${type} with ${Object.keys(wire).join(', ')}`, () => {
      const response = fromWire(wire, type);
      assert.deepEqual(toWire(response), toWire(response, type));
    });
  }
});

test('a given type is used', () => {
  assert.deepEqual(
    validate({ keyId: 299 }, 'UpdateRecallFlow').map(({ path, rule }) => [path, rule]),
    ['recallInterval', 'recallNum', 'recallType'].map((path) => [path, 'required']),
  );
  assert.deepEqual(
    validate(UPDATE, 'RecallFlowDetailQuery').map(({ path, rule }) => [path, rule]),
    ['recallInterval', 'recallNum', 'recallType', 'nodeList'].sort().map((path) => [path, 'type']),
  );
});

test('an unknown type is refused', () => {
  for (const act of [validate, warnings, toWire, fromWire]) {
    for (const type of ['Update', '', 'toString', '__proto__', 5, null, {}]) {
      const error = thrownBy(() => act(UPDATE, /** @type {any} */ (type)));
      assert(error instanceof ConfigError, String(error));
      assert.match(error.message, /expected one of the types .*UpdateRecallFlow.*RecallFlowDetail.*, got /);
    }
  }
  for (const act of [validate, warnings]) {
    assert.throws(
      () => act(UPDATE, /** @type {any} */ ('GroupCallTask')),
      /expected a type of requests, got the response `GroupCallTask`/,
    );
  }
});
