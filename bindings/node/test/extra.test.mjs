// @ts-check

/** Fields of requests that this version does not know, in `extra`. */

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { fromWire, InvalidRequestError, RecallNode, toWire, validate, warnings } from 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

const UPDATE = { keyId: 299, recallInterval: 30, recallNum: 1, recallType: 0 };
const QUERY = { strTime: '2024-01-01 00:00:00', endTime: '2024-06-03 15:13:01' };

/** @param {any[]} found */
const pathsOf = (found) => found.map(({ path }) => path);

test('unknown fields are sent with a warning', () => {
  const extra = { region: 'AE', level: [1, { a: null }], big: 2n ** 63n, ratio: 0.5 };
  const node = RecallNode.uploaded('voice.wav', { extra });
  assert.deepEqual(validate(node, 'RecallNode'), []);
  assert.deepEqual(pathsOf(warnings(node, 'RecallNode')), ['big', 'level', 'ratio', 'region']);
  const update = { ...UPDATE, nodeList: [node] };
  assert.deepEqual(pathsOf(warnings(update, 'UpdateRecallFlow')).at(-1), 'nodeList[0].region');
  const wire = /** @type {any} */ (toWire(update, 'UpdateRecallFlow'));
  assert.deepEqual(wire.nodeList[0], { source: 1, voiceFileId: 'voice.wav', hangUpSms: 0, toSeat: 0, ...extra });
  assert.throws(() => fromWire(wire, 'UpdateRecallFlow'), /`nodeList\[0\]\.region` is not a field of the request/);
});

test('a nested wire object adds to its fields', () => {
  const wire = /** @type {any} */ (toWire({ ...QUERY, extra: { params: { region: 'AE' } } }, 'GroupCallQuery'));
  assert.deepEqual(wire.params, { ...QUERY, taskType: 3, region: 'AE' });
});

suite('a violation is', () => {
  /** @type {[string, unknown, string][]} */
  const cases = [
    ['an extra that is not an object', [], 'extra'],
    ['a documented field', { recallNum: 5 }, 'extra.recallNum'],
    ['a value without a JSON form', { x: [new Map()] }, 'extra.x[0]'],
    ['a value that contains undefined', { x: [undefined] }, 'extra.x[0]'],
    ['a text with a lone surrogate', { x: '\ud800' }, 'extra.x'],
  ];
  for (const [name, extra, path] of cases) {
    test(name, () => {
      const violations = validate({ ...UPDATE, extra }, 'UpdateRecallFlow');
      assert.deepEqual(
        violations.map(({ path, rule }) => [path, rule]),
        [[path, 'type']],
      );
    });
  }
});

test('a documented field is refused even without validation, because either value may be meant', async () => {
  const sandbox = await Sandbox.start();
  const client = sandbox.client({ validate: false });
  await assert.rejects(
    client.updateRecallFlow({ ...UPDATE, recallType: 0, extra: { recallNum: 5 } }),
    InvalidRequestError,
  );
  assert.deepEqual(sandbox.requests, []);
  client.close();
  await sandbox.close();
});

test('a flow is written back with its unknown fields', async () => {
  const sandbox = await Sandbox.start();
  const client = sandbox.client();
  const flow = /** @type {any} */ (toWire(await client.queryRecallFlowDetail(300), 'RecallFlowDetail'));
  flow.priority = { level: 3 };
  flow.nodeList[0].region = 'AE';
  sandbox.insertFlow(flow);
  const before = await client.queryRecallFlowDetail(300);
  const update = before.toUpdate('UpdateRecallFlow');
  assert.deepEqual(pathsOf(warnings(update, 'UpdateRecallFlow')), ['nodeList[0].region', 'priority']);
  await client.updateRecallFlow({ ...update, nodeList: update.nodeList?.slice(0, 2) });
  const after = await client.queryRecallFlowDetail(300);
  assert.deepEqual(after.extra, { priority: { level: 3 } });
  assert.deepEqual(after.nodeList[0]?.extra, { region: 'AE' });
  client.close();
  await sandbox.close();
});
