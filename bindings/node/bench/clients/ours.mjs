/** recallflow, used as its README says. */

import { Client, RecallNode, RecallType } from '../../dist/index.mjs';
import { API_KEY, API_SECRET, END_TIME, KEY_ID, STR_TIME, VOICE_FILE_ID, expectFull } from '../fixture.mjs';

/** @type {import('../../dist/index.mjs').UpdateRecallFlow} */
const UPDATE = {
  keyId: KEY_ID,
  recallInterval: 30,
  recallNum: 1,
  recallType: RecallType.ALL,
  nodeList: [RecallNode.uploaded(VOICE_FILE_ID)],
};

/** @type {import('../../dist/index.mjs').GroupCallQuery} */
const QUERY = { strTime: STR_TIME, endTime: END_TIME };

/**
 * @param {string} baseUrl
 * @returns {import('./all.mjs').Api}
 */
export function ours(baseUrl) {
  const client = new Client({ apiKey: API_KEY, apiSecret: API_SECRET, baseUrl });
  return {
    async small() {
      await client.updateRecallFlow(UPDATE);
    },
    async page() {
      touch(await client.queryGroupCalls(QUERY));
    },
  };
}

/**
 * Reads every field of every record once. It is not the function that reads what others answer, so that the engine knows
 * the shape of the records in each.
 *
 * @param {import('../../dist/index.mjs').GroupCallPage} page
 */
function touch(page) {
  let read = 0;
  for (const task of page.records) {
    if (task.taskId !== undefined) read += 1;
    if (task.taskName !== undefined) read += 1;
    if (task.status !== undefined) read += 1;
    if (task.rate !== undefined) read += 1;
    if (task.numCnt !== undefined) read += 1;
    if (task.callNum !== undefined) read += 1;
    if (task.success !== undefined) read += 1;
    if (task.fail !== undefined) read += 1;
    if (task.createdTime !== undefined) read += 1;
    if (task.scriptId !== undefined) read += 1;
    if (task.taskType !== undefined) read += 1;
    if (task.answeredNum !== undefined) read += 1;
    if (task.asr !== undefined) read += 1;
    if (task.agentTotalFeetime !== undefined) read += 1;
    if (task.agentFee !== undefined) read += 1;
    if (task.chargeLen !== undefined) read += 1;
    if (task.acd !== undefined) read += 1;
    if (task.groupCallPayFee !== undefined) read += 1;
    if (task.smsPayFee !== undefined) read += 1;
    if (task.taskSumPayFee !== undefined) read += 1;
    if (task.sendSmsNum !== undefined) read += 1;
  }
  expectFull(read);
}
