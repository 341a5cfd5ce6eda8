// @ts-check

/** Sample requests, and values that are hard to read. */

import { fieldsOf, REQUEST_NAMES, sampleOf } from './schema.mjs';

/** A valid node with all fields. */
export const NODE = Object.freeze({
  source: 3,
  voiceFileId: '120250811103439c1901f4c53b691b419ad8a143b.wav',
  voiceFileName: 'greeting',
  uploadName: 'reminder.wav',
  baseFile: 'QUJD',
  text: 'Hello',
  lan: 'EN',
  speakingRate: 1.25,
  ssmlGender: 2,
  accent: 44,
  hangUpSms: true,
  idxSmsAppId: 5,
  smsContent: 'Your order ${text1} has arrived.',
  senderId: 'shop',
  feedbackPush: true,
  feedbackValue: '1',
  successPush: true,
  successPushTime: 10,
  failedPush: true,
  ringPush: false,
  toSeat: true,
  sipGroupId: 1000038,
  outboundControl: 1,
  calloutRate: 2,
  toSeatType: 2,
  toSeatKey: '0',
  delayTransfer: 3,
});

/** An update with all fields. */
export const UPDATE = Object.freeze({
  keyId: 299,
  recallInterval: 45,
  recallNum: 2,
  recallType: 1,
  nodeList: Object.freeze([NODE]),
});

/** An update of a pending flow of the sandbox. */
export const CHANGE = /** @type {const} */ ({ keyId: 299, recallInterval: 45, recallNum: 2, recallType: 1 });

/** A query with all fields. */
export const QUERY = Object.freeze({
  current: 1,
  size: 100,
  strTime: '2024-01-01 00:00:00',
  endTime: '2024-06-03 15:13:01',
  taskType: 3,
  statusList: Object.freeze([2, 1]),
  idxAppId: 7,
  searchCondition: 'spring',
});

/** A query of the tasks of the sandbox. */
export const SPAN = Object.freeze({ strTime: QUERY.strTime, endTime: QUERY.endTime });

/** Valid requests with all fields, by type. @type {Record<import('recallflow').RequestName, any>} */
export const REQUESTS = /** @type {any} */ ({
  ...Object.fromEntries(REQUEST_NAMES.map((type) => [type, sampleOf(type)])),
  GroupCallQuery: QUERY,
  RecallFlowDetailQuery: { keyId: 12 },
  UpdateRecallFlow: UPDATE,
  RecallNode: NODE,
});

/** Types of requests. */
export const REQUEST_TYPES = REQUEST_NAMES;

/** Every field of every request, with its type. */
export const ALL_FIELDS = REQUEST_TYPES.flatMap((type) =>
  fieldsOf(type).map((field) => /** @type {const} */ ([type, field.name, field])),
);

/**
 * Returns a request that is valid except for this field.
 *
 * @param {import('recallflow').RequestName} type
 * @param {string} name
 * @param {unknown} value
 * @returns {any}
 */
export function withField(type, name, value) {
  return { ...REQUESTS[type], [name]: value };
}

/** Throws. */
export class Broken {
  /** @returns {never} */
  get text() {
    throw new RangeError('no text');
  }
}

/** An object whose own property throws. */
export function brokenObject() {
  return Object.defineProperty({}, 'text', {
    enumerable: true,
    get() {
      throw new RangeError('no text');
    },
  });
}

/** A proxy whose traps all throw. */
export function revoked() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** A list that holds itself twice. Reading it to a fixed depth would take too long. */
export function endless() {
  /** @type {unknown[]} */
  const items = [];
  items.push(items, items);
  return items;
}

/** An object that holds itself. */
export function circle() {
  /** @type {Record<string, unknown>} */
  const object = {};
  object.self = object;
  return object;
}

/**
 * A list within lists.
 *
 * @param {number} depth
 */
export function deep(depth) {
  /** @type {unknown[]} */
  let items = [];
  for (let level = 1; level < depth; level += 1) {
    items = [items];
  }
  return items;
}
