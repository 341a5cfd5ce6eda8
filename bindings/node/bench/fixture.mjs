/** What is sent, the same as in crates/bench; what is answered, the server knows. */

export const API_KEY = 'bDqJFiq9';
export const API_SECRET = '7bz1lzh9';

export const UPDATE_PATH = '/voice/recallFlow/update';
export const QUERY_PATH = '/voice/group/call/query';

/** Records of a page. */
export const RECORDS = 100;

/** Fields of a record. */
export const FIELDS = 21;

export const KEY_ID = 299;
export const VOICE_FILE_ID = '120250811103439c1901f4c53b691b419ad8a143b.wav';
export const STR_TIME = '2024-01-01 00:00:00';
export const END_TIME = '2024-06-03 15:13:01';

/** A change of a flow with one node. */
export const UPDATE = {
  keyId: KEY_ID,
  recallInterval: 30,
  recallNum: 1,
  recallType: 0,
  nodeList: [{ source: 1, voiceFileId: VOICE_FILE_ID, hangUpSms: 0, toSeat: 0 }],
};

/** The query of a page. */
export const QUERY = {
  current: 1,
  size: RECORDS,
  params: { strTime: STR_TIME, endTime: END_TIME, taskType: 3 },
};

/**
 * Sees to it that a page is what was expected.
 *
 * @param {number} fields The fields with a value that were read.
 */
export function expectFull(fields) {
  if (fields !== RECORDS * FIELDS) throw new Error(`the page has ${String(fields)} fields`);
}
