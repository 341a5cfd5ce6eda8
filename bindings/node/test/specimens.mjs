// @ts-check

/** Values to try things with, and what is known of their fields. */

/** A node with all fields, which obeys every rule. */
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

/** An update of a flow that the sandbox starts with, and that is pending. */
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

/** A query of the tasks that the sandbox starts with. */
export const SPAN = Object.freeze({ strTime: QUERY.strTime, endTime: QUERY.endTime });

/** Requests with all fields that obey every rule, by their types. */
export const REQUESTS = /** @type {const} */ ({
  GroupCallQuery: QUERY,
  RecallFlowDetailQuery: { keyId: 12 },
  UpdateRecallFlow: UPDATE,
  RecallNode: NODE,
});

/** Types of requests. */
export const REQUEST_TYPES = /** @type {(keyof typeof REQUESTS)[]} */ (Object.keys(REQUESTS));

/** Every field of every request, with its type. */
export const ALL_FIELDS = REQUEST_TYPES.flatMap((type) =>
  Object.keys(REQUESTS[type]).map((name) => /** @type {const} */ ([type, name])),
);

/** Fields of requests that hold numbers of 64 bits. Numbers with a name are looked up, whatever their size is. */
export const LONG_FIELDS = [
  ...['keyId', 'idxAppId', 'idxSmsAppId', 'sipGroupId'],
  ...['source', 'ssmlGender', 'outboundControl', 'toSeatType', 'recallType', 'taskType'],
];

/** Fields that hold fractions. */
export const FLOAT_FIELDS = ['speakingRate'];

/**
 * Where violations say that a field is.
 *
 * @param {string} type
 * @param {string} name
 */
export function pathOf(type, name) {
  return type === 'GroupCallQuery' && name !== 'current' && name !== 'size' ? `params.${name}` : name;
}

/**
 * A request that obeys every rule but for this field.
 *
 * @param {keyof typeof REQUESTS} type
 * @param {string} name
 * @param {unknown} value
 * @returns {any}
 */
export function withField(type, name, value) {
  return { ...REQUESTS[type], [name]: value };
}

/** Fails whenever it is asked for something. */
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

/** A proxy that lets nobody see anything. */
export function revoked() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** A list that holds itself, twice, so that reading it to a depth would take longer than anybody waits. */
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
