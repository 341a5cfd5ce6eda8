// A tour of the package: all operations with the documents' examples, and a request that is refused.
//
// `cargo xtask demo` runs it against the sandbox. To run it against any other service, set `RECALLFLOW_API_KEY`,
// `RECALLFLOW_API_SECRET` and `RECALLFLOW_BASE_URL`, and note that it edits flow 299.

import {
  Client,
  InvalidRequestError,
  OutboundControl,
  RecallFlowError,
  RecallNode,
  RecallStatus,
  RecallType,
  SeatTransfer,
  TaskStatus,
  totals,
  toWire,
} from 'recallflow';

/** Prints the heading of a part. */
function title(text) {
  console.log(`\n== ${text}`);
}

/** Prints a value as the JSON of the service. */
function show(what, value) {
  console.log(`${what}: ${JSON.stringify(toWire(value), null, 2)}`);
}

/** Returns the name of an enum's number, or the number itself if it has no name. */
function nameOf(names, number) {
  const name = Object.keys(names).find((known) => names[known] === number);
  return name?.replaceAll('_', ' ').toLowerCase() ?? number ?? '-';
}

async function tour(client) {
  console.log(client);

  title('Read a recall flow');
  show('request', { keyId: 12 });
  const detail = await client.queryRecallFlowDetail(12);
  show('response', detail);
  for (const node of detail.nodeList) {
    console.log(`node ${node.keyId}: ${nameOf(RecallStatus, node.nodeStatus)}, plays ${node.voiceFileId ?? '-'}`);
  }

  title('Edit a recall flow');
  const callAgain = RecallNode.uploaded('120250811103439c1901f4c53b691b419ad8a143b.wav', {
    toSeat: true,
    sipGroupId: 1_000_038,
    outboundControl: OutboundControl.PROPORTIONAL,
    calloutRate: 1,
    toSeatType: SeatTransfer.AFTER_CALL,
    delayTransfer: 0,
  });
  const update = { keyId: 299, recallInterval: 30, recallNum: 1, recallType: RecallType.ALL, nodeList: [callAgain] };
  show('request', update);
  await client.updateRecallFlow(update);
  console.log('accepted');

  title('Change one value of the flow');
  const before = await client.queryRecallFlowDetail(299);
  await client.updateRecallFlow({ ...before.toUpdate(), recallInterval: 45 });
  const after = await client.queryRecallFlowDetail(299);
  console.log(`minutes between recalls: ${before.recallInterval}, now ${after.recallInterval}`);

  title('List group calls');
  const query = { strTime: '2024-01-01 00:00:00', endTime: '2024-06-03 15:13:01', size: 10 };
  show('request', query);
  const page = await client.queryGroupCalls(query);
  console.log(`page ${page.current} of ${page.pages}, ${page.total} tasks in all`);
  console.log(`${'task'.padEnd(9)} ${'name'.padEnd(28)} ${'status'.padEnd(10)} progress  cost`);
  for (const task of page.records.slice(0, 3)) {
    const [id, name] = [String(task.taskId).padEnd(9), (task.taskName ?? '-').padEnd(28)];
    const status = nameOf(TaskStatus, task.status).padEnd(10);
    console.log(`${id} ${name} ${status} ${(task.rate ?? '-').padStart(6)} %  ${task.taskSumPayFee ?? '-'}`);
  }
  const cost = (await totals(client.groupCalls({ ...query, size: 100 }))).taskSumPayFee;
  for (const [currency, amount] of Object.entries(cost.amounts)) {
    console.log(`${cost.counted} tasks cost ${amount} ${currency || "in the account's currency"}`);
  }

  title('A request that breaks rules is not sent');
  const wrong = {
    keyId: 299,
    recallInterval: 0,
    recallNum: 11,
    recallType: RecallType.ALL,
    nodeList: [
      RecallNode.textToSpeech('', 'EN', { speakingRate: 5 }),
      { ...RecallNode.uploaded('a.wav'), hangUpSms: true, feedbackValue: '12' },
    ],
  };
  try {
    await client.updateRecallFlow(wrong);
    throw new Error('expected an invalid request');
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    for (const { rule, message } of error.violations) {
      console.log(`${rule.padEnd(13)} ${message}`);
    }
  }
}

try {
  await tour(Client.fromEnv());
} catch (error) {
  if (!(error instanceof RecallFlowError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
