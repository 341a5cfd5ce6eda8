/** What a user does with parsed JSON. */

import { QUERY, QUERY_PATH, UPDATE, UPDATE_PATH, expectFull } from '../fixture.mjs';

/** Milliseconds that a call may take. */
export const TIMEOUT = 30_000;

/**
 * A client that differs from others in how it sends.
 *
 * @param {(path: string, request: object) => Promise<any>} post Sends a request, and parses the envelope.
 * @returns {import('./all.mjs').Api}
 */
export function plain(post) {
  return {
    async small() {
      opened(await post(UPDATE_PATH, UPDATE));
    },
    async page() {
      touch(opened(await post(QUERY_PATH, QUERY)));
    },
  };
}

/**
 * The data of a success.
 *
 * @param {any} envelope
 */
function opened(envelope) {
  if (envelope.code !== 0) throw new Error(`${envelope.code}: ${envelope.msg}`);
  return envelope.data;
}

/**
 * Reads every field of every record once.
 *
 * @param {any} page
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
