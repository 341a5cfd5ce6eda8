// @ts-check

/** Tests integers beyond 2^53, which JavaScript represents exactly only as bigints. */

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';

import { fromWire, toWire, toWireText } from 'recallflow';

import { ask, TASKS } from './signed-requests.mjs';
import { SPAN, UPDATE } from './specimens.mjs';
import { collect, sandboxFor } from './support.mjs';

const LONG = 2n ** 53n + 1n;
const DIGITS = '9007199254740993';

/** @param {unknown} wire */
function taskOf(wire) {
  return fromWire(wire, 'GroupCallTask');
}

/** @param {import('recallflow').GroupCallTask} task */
function wireOf(task) {
  return toWire(task, 'GroupCallTask');
}

suite('an ID is exact', () => {
  test('as a number up to 2^53, and as a bigint beyond', () => {
    const { MAX_SAFE_INTEGER: most, MIN_SAFE_INTEGER: least } = Number;
    const ids = [0, -1, 5_000_602, 2 ** 40, most, least, 2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)];
    for (const taskId of ids) {
      const task = taskOf({ taskId });
      assert.deepEqual(task, { taskId, extra: {} });
      assert.deepEqual(wireOf(task), { taskId });
    }
    assert.equal(taskOf({ taskId: DIGITS }).taskId, LONG, 'as text, too');
  });

  test('also with more than 64 bits, in `extra`', () => {
    const taskId = 2n ** 63n;
    assert.deepEqual(taskOf({ taskId }), { extra: { taskId } });
  });

  test('in every response', async (t) => {
    const sandbox = await sandboxFor(t, { seed: {} });
    const client = sandbox.client();
    sandbox.insertFlow({ keyId: LONG, status: 0, nodeList: [{ keyId: LONG + 1n, source: 1, voiceFileId: 'a' }] });
    sandbox.insertTask({ taskId: LONG, createdTime: '2024-02-01 00:00:00' });
    const detail = await client.queryRecallFlowDetail(LONG);
    assert.deepEqual([detail.keyId, detail.nodeList[0]?.keyId], [LONG, LONG + 1n]);
    const { records } = await client.queryGroupCalls(SPAN);
    assert.deepEqual(
      records.map(({ taskId }) => taskId),
      [LONG],
    );
    assert.deepEqual(await collect(client.groupCalls(SPAN)), records);
  });

  test('next to rows with any other values', async (t) => {
    const sandbox = await sandboxFor(t);
    const rows = [
      `{"taskId":1,"taskName":"é"}`,
      `{"taskId":${DIGITS},"rate":"5","scriptId":-${DIGITS}}`,
      '{"rate":"5"}',
    ];
    sandbox.script({ body: `{"code":0,"msg":"","data":{"total":3,"records":[${rows.join(',')}]}}` });
    const { records } = await sandbox.client().queryGroupCalls(SPAN);
    assert.deepEqual(records, [
      { taskId: 1, taskName: 'é', extra: {} },
      { taskId: LONG, rate: '5', scriptId: -LONG, extra: {} },
      { rate: '5', extra: {} },
    ]);
  });
});

test('a count beyond 2^53 is in `extra`, because its type is a number', () => {
  const task = taskOf({ numCnt: LONG, success: Number.MAX_SAFE_INTEGER });
  assert.deepEqual(task, { success: Number.MAX_SAFE_INTEGER, extra: { numCnt: LONG } });
  assert.deepEqual(taskOf(wireOf(task)), task);
});

test('an integer in `extra` is exact', () => {
  const task = taskOf(`{"big": [${DIGITS}, 18446744073709551615], "safe": 9007199254740991}`);
  assert.deepEqual(task, { extra: { big: [LONG, 2n ** 64n - 1n], safe: Number.MAX_SAFE_INTEGER } });
  assert.deepEqual(taskOf(wireOf(task)), task);
});

suite('JSON.stringify writes a bigint as a string', () => {
  const task = taskOf(
    `{"taskId": ${DIGITS}, "rate": "5", "__proto__": ${DIGITS}, "news": [${DIGITS}, {"a": ${DIGITS}}]}`,
  );
  const json = `{"taskId":"${DIGITS}","rate":"5","extra":{"__proto__":"${DIGITS}","news":["${DIGITS}",{"a":"${DIGITS}"}]}}`;

  test('in a response and each of its parts', () => {
    assert.equal(JSON.stringify(task), json);
    assert.equal(JSON.stringify([task.extra]), `[${json.slice(json.indexOf('extra') + 7, -1)}]`);
    assert.equal(JSON.stringify({ news: task.extra.news }), `{"news":["${DIGITS}",{"a":"${DIGITS}"}]}`);
    const page = fromWire(`{"records":[{"taskId":${DIGITS}}],"total":1}`, 'GroupCallPage');
    assert.deepEqual(JSON.parse(JSON.stringify(page)), { ...page, records: [{ taskId: DIGITS, extra: {} }] });
    const detail = fromWire({ ...UPDATE, keyId: LONG, nodeList: [{ taskId: LONG }] }, 'RecallFlowDetail');
    const { keyId, nodeList } = JSON.parse(JSON.stringify(detail));
    assert.deepEqual([keyId, nodeList[0].taskId], [DIGITS, DIGITS]);
  });

  test('in an update and in a wire form', () => {
    const draft = fromWire({ ...UPDATE, keyId: LONG, nodeList: [] }, 'RecallFlowDetail').toUpdate();
    assert.equal(JSON.parse(JSON.stringify(draft)).keyId, DIGITS);
    draft.recallNum = 7;
    assert.equal(JSON.parse(JSON.stringify(draft)).recallNum, 7);
    assert.equal(JSON.stringify(wireOf(task)).replaceAll(`"${DIGITS}"`, DIGITS), toWireText(task, 'GroupCallTask'));
  });

  test('and printing, comparing and copying do not see it', () => {
    const copy = structuredClone(task);
    for (const other of [copy, { ...task }]) {
      assert.deepEqual(task, other);
      assert.equal(inspect(task), inspect(other));
      assert(!('toJSON' in other));
    }
    assert.deepEqual(Object.keys(task), ['taskId', 'rate', 'extra']);
    assert(!('toJSON' in taskOf({ taskId: 1 })), 'a response without a bigint needs no method');
  });
});

suite('toWireText writes a bigint as a number', () => {
  test('of a response, which fromWire reads', () => {
    const text = `{"taskId":${DIGITS},"rate":"5","big":[18446744073709551615,1e+20,-0.0,1.5,"1"]}`;
    assert.equal(toWireText(taskOf(text), 'GroupCallTask'), text);
    assert.deepEqual(fromWire(toWireText(taskOf(text), 'GroupCallTask'), 'GroupCallTask'), taskOf(text));
  });

  test('of a request', () => {
    assert.equal(toWireText({ type: 1, id: LONG }), `{"type":1,"id":${DIGITS}}`);
    assert.equal(toWireText({ keyId: LONG }, 'RecallFlowDetailQuery'), `{"keyId":${DIGITS}}`);
    assert.equal(toWireText(UPDATE), JSON.stringify(toWire(UPDATE)));
  });
});

suite('the sandbox shows exact integers', () => {
  test('in flows and tasks, which can be its seed', async (t) => {
    const sandbox = await sandboxFor(t, { seed: {} });
    sandbox.insertFlow({ keyId: LONG, status: 0, nodeList: [{ taskId: -LONG }], note: `${DIGITS}, "${DIGITS}"` });
    sandbox.insertTask({ taskId: LONG, rate: '5' }, { appId: 7 });
    const flow = /** @type {any} */ (sandbox.flow(LONG));
    assert.deepEqual([flow.keyId, flow.nodeList[0].taskId, flow.note], [LONG, -LONG, `${DIGITS}, "${DIGITS}"`]);
    const [task] = sandbox.tasks;
    assert.deepEqual([task?.record.taskId, task?.appId], [LONG, 7]);
    assert.equal(JSON.parse(JSON.stringify({ flow, task })).task.record.taskId, DIGITS);
    const other = await sandboxFor(t, { seed: { flows: [flow], tasks: sandbox.tasks } });
    assert.deepEqual([other.flow(LONG), other.tasks], [flow, sandbox.tasks]);
  });

  test('in the bodies of requests', async (t) => {
    const sandbox = await sandboxFor(t);
    await sandbox
      .client({ maxRetries: 0 })
      .queryRecallFlowDetail(LONG)
      .catch(() => undefined);
    const odd = { 'a"': [DIGITS, '\\', `\0${DIGITS}`], b: [1e300, -1.5, Number(DIGITS) * 1e5] };
    await ask(sandbox, TASKS, odd);
    const [exact, other] = sandbox.requests.map((request) => request.json());
    assert.deepEqual([exact, other], [{ keyId: LONG }, { ...odd, b: [1e300, -1.5, 900719925474099200000n] }]);
  });
});
