// @ts-check

/** AI Agent flows, which share a path with the other flows. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ConfigError, fromWire, InvalidRequestError, toWire, validate } from 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

const SETTINGS = { keyId: 305, recallInterval: 30, recallNum: 1, recallType: /** @type {0} */ (0) };

/** @type {Sandbox} */
let sandbox;
before(async () => {
  sandbox = await Sandbox.start();
});
after(() => sandbox.close());

test('an AI Agent flow is read, edited and written back', async () => {
  const client = sandbox.client();
  const detail = await client.queryRecallFlowDetail(305);
  assert.deepEqual([detail.recallIntent, detail.nodeList[0]?.scriptId], [['101'], 56]);
  const update = detail.toUpdate('UpdateAgentRecallFlow');
  assert.deepEqual(update, { ...SETTINGS, recallIntent: ['101'], nodeList: [{ scriptId: 56 }] });
  assert.deepEqual(detail.toUpdate(), update);
  await client.updateAgentRecallFlow({ ...update, recallIntent: [], nodeList: [{ scriptId: 57 }] });
  const after = await client.queryRecallFlowDetail(305);
  assert.deepEqual([after.recallIntent, after.nodeList[0]?.scriptId], [[], 57]);
  client.close();
});

test('a flow of another kind than the expected one is refused', () => {
  const voice = fromWire(
    { ...SETTINGS, nodeList: [{ source: 1, voiceFileId: 'a', hangUpSms: 0, toSeat: 0 }] },
    'RecallFlowDetail',
  );
  assert.throws(() => voice.toUpdate('UpdateAgentRecallFlow'), /`nodeList\[0\]\.source` is a field of `RecallNode`/);
  const agent = fromWire({ ...SETTINGS, recallIntent: ['101'] }, 'RecallFlowDetail');
  assert.throws(() => agent.toUpdate('UpdateRecallFlow'), InvalidRequestError);
  // @ts-expect-error a type that does not write flows back
  assert.throws(() => agent.toUpdate('GroupCallQuery'), ConfigError);
});

test('a flow that mixes both kinds is refused', () => {
  const mixed = fromWire({ ...SETTINGS, nodeList: [{ scriptId: 1 }, { source: 1 }] }, 'RecallFlowDetail');
  assert.throws(
    () => mixed.toUpdate(),
    /mixes two kinds of updates: `nodeList\[0\]\.scriptId` is a field of `AgentRecallNode`, and `nodeList\[1\]\.source`/,
  );
});

test('the type of settings that fit both kinds has to be given', () => {
  assert.throws(() => validate(SETTINGS), /fits several equally well: .*`UpdateAgentRecallFlow`/);
  assert.deepEqual(validate(SETTINGS, 'UpdateAgentRecallFlow'), []);
  assert.deepEqual(toWire({ ...SETTINGS, recallIntent: ['101'] }), { ...SETTINGS, recallIntent: ['101'] });
});
