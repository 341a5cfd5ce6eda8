/** The safe edit of a flow. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ConflictError, InvalidRequestError, OutcomeUnknownError, RecallStatus, TransportError } from 'recallflow';
import { faults, Sandbox } from 'recallflow/sandbox';

const FLOW = {
  keyId: 900,
  status: 0,
  recallInterval: 30,
  recallNum: 1,
  recallType: 0,
  newField: [1, 2],
  nodeList: [
    { keyId: 1, taskId: 2, source: 1, voiceFileId: 'a.wav', hangUpSms: 1, toSeat: 0, smsContent: 'Hi', successPush: 1 },
  ].map((node) => ({ ...node, successPushTime: 5 })),
};

/** Runs a test with a sandbox that has the flow 900, and a client without retries. */
async function withFlow(use) {
  const sandbox = await Sandbox.start();
  try {
    sandbox.insertFlow(FLOW);
    await use(sandbox, sandbox.client({ maxRetries: 0 }));
  } finally {
    await sandbox.close();
  }
}

test('an edit shows its changes and applies them', () =>
  withFlow(async (sandbox, client) => {
    const edit = await client.editRecallFlow(900);
    assert.deepEqual(edit.changes(), []);
    edit.draft.recallInterval = 60;
    edit.replaceNodes({ smsContent: 'Hello' });
    edit.replaceNode(0, { successPushTime: 7 });
    const changes = edit.changes();
    assert.deepEqual(
      changes.map(({ text }) => text),
      ['nodeList[0].smsContent: "Hi" -> "Hello"', 'nodeList[0].successPushTime: 5 -> 7', 'recallInterval: 30 -> 60'],
    );
    assert.deepEqual([changes[2].path, changes[2].before, changes[2].after], ['recallInterval', 30, 60]);
    const sent = sandbox.requests.length;
    assert.deepEqual(await edit.apply({ dryRun: true }), { outcome: 'planned', changes });
    assert.equal(sandbox.requests.length, sent);
    assert.deepEqual(await edit.apply({ verify: true }), { outcome: 'applied', changes });
    const { recallInterval, newField } = sandbox.flow(900);
    assert.deepEqual([recallInterval, newField], [60, [1, 2]]);
    assert.throws(() => {
      edit.replaceNode(1, {});
    }, RangeError);
  }));

test('an edit without changes sends nothing', () =>
  withFlow(async (sandbox, client) => {
    const edit = await client.editRecallFlow(900);
    assert.equal((await edit.apply()).outcome, 'unchanged');
    assert.equal(sandbox.requests.length, 1);
  }));

test('an AI Agent flow is edited by its own type', () =>
  withFlow(async (sandbox, client) => {
    const edit = await client.editRecallFlow(305, { type: 'UpdateAgentRecallFlow' });
    edit.draft.recallInterval = 77;
    assert.equal((await edit.apply()).outcome, 'applied');
    assert.equal(sandbox.flow(305).recallInterval, 77);
    await assert.rejects(client.editRecallFlow(305, { type: 'UpdateRecallFlow' }), InvalidRequestError);
  }));

test('a flow that is not pending is refused', () =>
  withFlow(async (sandbox, client) => {
    sandbox.insertFlow({ ...FLOW, status: 2 });
    await assert.rejects(client.editRecallFlow(900), (error) => {
      assert.ok(error instanceof ConflictError);
      assert.match(error.message, /^editRecallFlow: the flow is not pending, but has status 2 \(Completed\)/);
      assert.deepEqual([error.status, error.changes], [RecallStatus.COMPLETED, []]);
      return true;
    });
  }));

test('a change by another client is not overwritten', () =>
  withFlow(async (sandbox, client) => {
    const edit = await client.editRecallFlow(900);
    edit.draft.recallInterval = 60;
    sandbox.insertFlow({ ...FLOW, recallNum: 3 });
    await assert.rejects(edit.apply(), (error) => {
      assert.ok(error instanceof ConflictError);
      const change = { path: 'recallNum', before: 1, after: 3, text: 'recallNum: 1 -> 3' };
      assert.deepEqual(error.changes, [change]);
      assert.deepEqual(JSON.parse(JSON.stringify(error)).changes, [change]);
      assert.equal(error.outcomeIsKnown, true);
      return true;
    });
    assert.equal(sandbox.flow(900).recallInterval, 30);
  }));

/** Loses the response of an update, and perhaps more, and applies an edit. */
async function applyWith(sandbox, client, ...played) {
  const edit = await client.editRecallFlow(900);
  edit.draft.recallInterval = 60;
  sandbox.script(faults.ok(), ...played);
  return edit.apply();
}

test('an update whose response is lost is settled by the flow that shows it', () =>
  withFlow(async (sandbox, client) => {
    assert.equal((await applyWith(sandbox, client, [faults.reset(), faults.applied()])).outcome, 'applied');
  }));

test('an update stays unknown if the flow does not show it, or cannot be read', () =>
  withFlow(async (sandbox, client) => {
    const isUnknown = (/** @type {unknown} */ error) =>
      error instanceof OutcomeUnknownError && error.cause instanceof TransportError;
    await assert.rejects(applyWith(sandbox, client, faults.reset()), isUnknown);
    await assert.rejects(applyWith(sandbox, client, [faults.reset(), faults.applied()], faults.status(503)), isUnknown);
  }));

test('a draft is checked before anything is read', () =>
  withFlow(async (sandbox, client) => {
    const edit = await client.editRecallFlow(900);
    edit.draft.recallInterval = 0;
    await assert.rejects(edit.apply({ dryRun: true }), InvalidRequestError);
    edit.draft = { ...edit.original, keyId: 901 };
    await assert.rejects(edit.apply(), /`keyId` must stay 900/);
    assert.equal(sandbox.requests.length, 1);
  }));
