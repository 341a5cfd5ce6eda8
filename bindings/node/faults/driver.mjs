// Reads commands from standard input, one JSON object a line, calls the client, and writes the result of each call.
//
// `cargo xtask faults` builds the package and starts this program.

import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { inspect } from 'node:util';

import { Client, RecallFlowError, RecallNode, RecallStatus, RecallType } from 'recallflow';

const CHANGED_INTERVAL = 77;

/** The log records since the last call. */
const logged = [];
const log = (text, fields) => logged.push(text, inspect(fields, { depth: 9 }));
const logger = { debug: log, info: log, warn: log, error: log };

/** Returns an entry of `/proc/self/status` in bytes; `undefined` on other systems. */
function readStatus(name) {
  try {
    const line = readFileSync('/proc/self/status', 'utf8')
      .split('\n')
      .find((line) => line.startsWith(name));
    return line && Number.parseInt(line.slice(name.length), 10) * 1024;
  } catch {
    return undefined;
  }
}

/** Resets the peak memory of this process. */
function resetPeakMemory() {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Peak memory is not measured on other systems.
  }
}

/** Returns every printed or stored form of a value. */
function textsOf(value) {
  const texts = [String(value), inspect(value, { depth: 9, showHidden: true, getters: true }), inspect(value)];
  texts.push(JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? '');
  if (value instanceof Error) {
    texts.push(value.message, value.stack ?? '', inspect(structuredClone(value)));
    for (const name of Reflect.ownKeys(value)) texts.push(inspect(value[name]));
  }
  return texts;
}

/** Makes all calls at the same time, and returns the result of the last one. */
async function callAtOnce(client, call) {
  const results = await Promise.all(Array.from({ length: call.at_once }, () => callOperation(client, call)));
  return results.at(-1);
}

/** Calls the operation. */
function callOperation(client, call) {
  const { operation, key_id: keyId, timeout_ms: timeout, upload, is_aborted: isAborted, verify } = call;
  const controller = new AbortController();
  // The request is sent by then.
  if (isAborted) setTimeout(() => controller.abort(), 500);
  const options = { timeout, signal: controller.signal };
  if (operation === 'edit') return edit.apply({ ...options, verify });
  if (operation === 'wait') {
    return client.waitForRecallFlow(keyId, { ...options, until: RecallStatus.PENDING, maxRetries: 0 });
  }
  if (operation === 'query') return client.queryRecallFlowDetail(keyId, options);
  const update = {
    keyId,
    recallInterval: CHANGED_INTERVAL,
    recallNum: 2,
    recallType: RecallType.FAILED,
    nodeList: [
      upload === 0
        ? RecallNode.uploaded('a.wav', { hangUpSms: false, toSeat: false })
        : RecallNode.reupload('a.wav', new Uint8Array(upload), { hangUpSms: false, toSeat: false }),
    ],
  };
  return client.updateRecallFlow(update, options);
}

/** Calls the operation and returns the result as JSON. */
async function observeCall(client, call) {
  logged.length = 0;
  const observed = {};
  resetPeakMemory();
  const before = readStatus('VmRSS:');
  const started = performance.now();
  let response;
  /** @type {any} */
  let error;
  try {
    response = await callAtOnce(client, call);
  } catch (thrown) {
    error = thrown;
  }
  observed.milliseconds = performance.now() - started;
  const peak = readStatus('VmHWM:');
  if (before && peak) observed.memory_growth = Math.max(0, peak - before);
  if (error === undefined) {
    const { keyId, recallInterval, recallNum } = response ?? {};
    observed.value = keyId && { keyId, recallInterval, recallNum };
    observed.texts = textsOf(response);
  } else {
    observed.error = error.name ?? String(error);
    observed.of_the_tree = error instanceof RecallFlowError;
    observed.code = observed.of_the_tree ? error.code : undefined;
    observed.http_status = error.httpStatus;
    observed.cause = error.cause?.name;
    observed.texts = [...textsOf(error), ...(error.cause ? textsOf(error.cause) : [])];
  }
  observed.texts.push(...textsOf(client), ...logged);
  return observed;
}

/** @type {any} */
let client;
/** The edit that the next call applies. */
let edit;
for await (const line of createInterface({ input: process.stdin })) {
  const { open, begin_edit: beginEdit, call } = JSON.parse(line);
  let reply = {};
  if (open) {
    client?.close();
    const { base_url: baseUrl, api_key: apiKey, api_secret: apiSecret, ca_file: caFile } = open;
    client = new Client({ apiKey, apiSecret, baseUrl, caFile: caFile ?? undefined, logger });
  } else if (beginEdit) {
    edit = await client.editRecallFlow(beginEdit.key_id);
    edit.draft.recallInterval = CHANGED_INTERVAL;
  } else {
    reply = await observeCall(client, call);
  }
  process.stdout.write(`${JSON.stringify(reply, (_, part) => (typeof part === 'bigint' ? Number(part) : part))}\n`);
}
