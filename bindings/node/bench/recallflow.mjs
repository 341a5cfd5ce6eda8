/** recallflow, used as its README says. */

import { Client, RecallNode, RecallType } from '../dist/index.mjs';
import {
  API_KEY,
  API_SECRET,
  BASE_URL,
  END_TIME,
  IS_SMALL,
  KEY_ID,
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

await run(IS_SMALL ? () => client.updateRecallFlow(UPDATE) : async () => readPage(await client.queryGroupCalls(QUERY)));
