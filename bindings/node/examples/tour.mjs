// Finds recall flows, reads and edits one, cancels another one, and adds up the cost of group calls.
//
// `cargo xtask demo` runs it against the sandbox. Against another server, note that it changes the first two pending flows.

import { CancelScope, Client, InvalidRequestError, RecallStatus, RecallType, totals } from 'recallflow';

const span = { strTime: '2024-01-01 00:00:00', endTime: '2024-06-03 15:13:01' };

/** Prints the heading of a part. */
function title(text) {
  console.log(`\n== ${text}`);
}

/** Returns the name of a status, or its number if this version does not know it. */
function nameOf(status) {
  const name = Object.keys(RecallStatus).find((known) => RecallStatus[known] === status);
  return name?.toLowerCase() ?? String(status);
}

// Reads `RECALLFLOW_API_KEY`, `RECALLFLOW_API_SECRET` and `RECALLFLOW_BASE_URL`.
const client = Client.fromEnv();

title('Find recall flows');
const pending = [];
for await (const { keyId, taskName, status, finishNum, recallNum } of client.recallFlows(span)) {
  console.log(`flow ${keyId} of task ${taskName}: ${nameOf(status)}, ${finishNum} of ${recallNum} recalls done`);
  if (status === RecallStatus.PENDING && keyId !== undefined) pending.push(keyId);
}
const [first, second] = pending;
if (first === undefined || second === undefined) throw new Error('expected two pending flows');

title('Read one');
const flow = await client.queryRecallFlowDetail(first);
console.log(JSON.stringify(flow, null, 2));

title('Edit it');
await client.updateRecallFlow({ ...flow.toUpdate('UpdateRecallFlow'), recallInterval: 45 });
const edited = await client.queryRecallFlowDetail(first);
console.log(`minutes between the recalls of flow ${first}: ${flow.recallInterval}, now ${edited.recallInterval}`);

title('Cancel another one');
await client.cancelRecallFlow({ type: CancelScope.FLOW, id: second });
const canceled = await client.queryRecallFlowDetail(second);
console.log(`flow ${second} is ${nameOf(canceled.status)}`);

title('Add up the cost of group calls');
const cost = (await totals(client.groupCalls(span))).taskSumPayFee;
for (const [currency, amount] of Object.entries(cost.amounts)) {
  console.log(`${cost.counted} tasks cost ${amount} ${currency || "in the account's currency"}`);
}

title('An invalid request is not sent');
try {
  await client.updateRecallFlow({ keyId: first, recallInterval: 0, recallNum: 11, recallType: RecallType.ALL });
  throw new Error('expected an invalid request');
} catch (error) {
  if (!(error instanceof InvalidRequestError)) throw error;
  for (const { message } of error.violations) console.log(message);
}
