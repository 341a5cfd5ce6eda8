/** Runs a contender of the benchmark as `crates/bench` asks: reads numbers of calls, prints seconds and CPU seconds. */

import { createHash } from 'node:crypto';
import { cpuUsage, stdin } from 'node:process';
import { createInterface } from 'node:readline';

const [, , baseUrl = '', call = '', flight = '', option = ''] = process.argv;
export const BASE_URL = baseUrl;
export const IN_FLIGHT = Number(flight);
export const IS_SMALL = call === 'small';
export const IS_LIST = call === 'pages';
export const OPTION = option;

/** The beginning of paths whose responses take 50 ms longer. */
export const DISTANT = '/distant';
export const PAGES = 20;

/** Milliseconds that a call may take. */
export const TIMEOUT = 30_000;

export const API_KEY = 'bDqJFiq9';
export const API_SECRET = '7bz1lzh9';
export const KEY_ID = 299;
export const VOICE_FILE_ID = '120250811103439c1901f4c53b691b419ad8a143b.wav';
export const STR_TIME = '2024-01-01 00:00:00';
export const END_TIME = '2024-06-03 15:13:01';

export const RECORDS = 100;
const FIELDS = [
  ...['taskId', 'taskName', 'status', 'rate', 'numCnt', 'callNum', 'success', 'fail', 'createdTime', 'scriptId'],
  ...['taskType', 'answeredNum', 'asr', 'agentTotalFeetime', 'agentFee', 'chargeLen', 'acd', 'groupCallPayFee'],
  ...['smsPayFee', 'taskSumPayFee', 'sendSmsNum'],
];

export const PATH = IS_SMALL ? '/voice/recallFlow/update' : '/voice/group/call/query';
export const REQUEST = IS_SMALL
  ? {
      keyId: KEY_ID,
      recallInterval: 30,
      recallNum: 1,
      recallType: 0,
      nodeList: [{ source: 1, voiceFileId: VOICE_FILE_ID, hangUpSms: 0, toSeat: 0 }],
    }
  : { current: 1, size: RECORDS, params: { strTime: STR_TIME, endTime: END_TIME, taskType: 3 } };

/** Signs with the current time, as a user does. */
export function headers() {
  const timestamp = String(Math.floor(Date.now() / 1000));
  return {
    'Content-Type': 'application/json;charset=UTF-8',
    'Api-Key': API_KEY,
    Sign: createHash('md5').update(`${API_KEY}${API_SECRET}${timestamp}`).digest('hex'),
    Timestamp: timestamp,
  };
}

// Compiled from the names, because the engine then specializes each access.
const countFields = new Function(
  'task',
  `return ${FIELDS.map((name) => `(task.${name} === undefined ? 0 : 1)`).join(' + ')};`,
);

/**
 * Reads every field of every record.
 *
 * @param {any} page
 */
export function readPage(page) {
  let fields = 0;
  for (const task of page.records) fields += countFields(task);
  if (fields !== RECORDS * FIELDS.length) throw new Error(`the page has ${String(fields)} fields`);
}

/**
 * Reads a response that was parsed as JSON.
 *
 * @param {any} envelope
 */
export function readEnvelope(envelope) {
  if (envelope.code !== 0) throw new Error(`${envelope.code}: ${envelope.msg}`);
  if (!IS_SMALL) readPage(envelope.data);
}

/**
 * Measures batches of calls until the input ends.
 *
 * @param {() => Promise<unknown>} makeCall
 */
export async function run(makeCall) {
  const repeat = async (/** @type {number} */ calls) => {
    for (let made = 0; made < calls / IN_FLIGHT; made += 1) await makeCall();
  };
  for await (const line of createInterface({ input: stdin })) {
    const calls = Number(line);
    const turns = call === 'loop' ? watchTurns() : undefined;
    const [wall, cpu] = [performance.now(), cpuUsage()];
    await Promise.all(Array.from({ length: IN_FLIGHT }, () => repeat(calls)));
    const { user, system } = cpuUsage(cpu);
    console.log((performance.now() - wall) / 1e3, (user + system) / 1e6, turns ? turns.stop() / 1e3 : '');
  }
  // Pooled connections would keep the process alive.
  process.exit();
}

/** Asks for a turn of the event loop all the time, and keeps the longest that it had to wait, in milliseconds. */
function watchTurns() {
  let longest = 0;
  let last = performance.now();
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  return {
    stop() {
      clearImmediate(next);
      return longest;
    },
  };
}
