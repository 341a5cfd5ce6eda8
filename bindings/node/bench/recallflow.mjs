/** recallflow, used as its README says. */

import { Client, RecallNode, RecallType } from '../dist/index.mjs';
import {
  API_KEY,
  API_SECRET,
  BASE_URL,
  DISTANT,
  END_TIME,
  IS_LIST,
  IS_SMALL,
  KEY_ID,
  OPTION,
  PAGES,
  RECORDS,
  STR_TIME,
  VOICE_FILE_ID,
  readPage,
  run,
} from './contender.mjs';

/** @type {import('../dist/index.mjs').UpdateRecallFlow} */
const UPDATE = {
  keyId: KEY_ID,
  recallInterval: 30,
  recallNum: 1,
  recallType: RecallType.ALL,
  nodeList: [RecallNode.uploaded(VOICE_FILE_ID)],
};

/** @type {import('../dist/index.mjs').GroupCallQuery} */
const QUERY = { strTime: STR_TIME, endTime: END_TIME };

const client = new Client({ apiKey: API_KEY, apiSecret: API_SECRET, baseUrl: BASE_URL });

const distant = new Client({ apiKey: API_KEY, apiSecret: API_SECRET, baseUrl: BASE_URL + DISTANT });

/** Reads all pages of a list, as many at the same time as the option says. */
async function readList() {
  const tasks = await distant.groupCalls(QUERY, { concurrency: Number(OPTION) }).toList();
  if (tasks.length !== PAGES * RECORDS) throw new Error(`the list has ${String(tasks.length)} tasks`);
}

const readOne = async () => {
  readPage(await client.queryGroupCalls(QUERY));
};

await run(IS_SMALL ? () => client.updateRecallFlow(UPDATE) : IS_LIST ? readList : readOne);
