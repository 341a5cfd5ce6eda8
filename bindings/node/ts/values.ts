/** What is asked of requests and responses: rules, advice, and the exact JSON of the service. */

import { encode } from './encode.js';
import { ConfigError, siteOf, violationOf, type RequestWarning, type Violation } from './errors.js';
import { REQUEST_NAMES, type RequestTypes } from './generated/requests.js';
import {
  ENVELOPE_CODE,
  ENVELOPE_DATA,
  ENVELOPE_MESSAGE,
  RESPONSE_NAMES,
  RESPONSE_READERS,
  type ResponseTypes,
} from './generated/responses.js';
import { attempt, native } from './native.js';
import { open } from './reader.js';

/** Names of the types of requests. */
export type RequestName = keyof RequestTypes;

/** Names of the types of responses. */
export type ResponseName = keyof ResponseTypes;

/** A type by its position among those of its kind. */
interface Place {
  isRequest: boolean;
  position: number;
}

/** The type of a name. */
function placeOf(name: string): Place {
  const [request, response] = [positionOf(REQUEST_NAMES, name), positionOf(RESPONSE_NAMES, name)];
  if (request < 0 && response < 0) {
    const known = [...REQUEST_NAMES, ...RESPONSE_NAMES].join(', ');
    throw new ConfigError(`there is no type \`${name}\`: there are ${known}`);
  }
  return request < 0 ? { isRequest: false, position: response } : { isRequest: true, position: request };
}

function positionOf(names: readonly string[], name: string): number {
  return names.indexOf(name);
}

function requestPosition(json: string, type: string | undefined): number {
  if (type === undefined) {
    return native.requestOf(json);
  }
  const { isRequest, position } = placeOf(type);
  if (!isRequest) {
    throw new ConfigError(`\`${type}\` is a response, which has no rules`);
  }
  return position;
}

/**
 * Every rule that a request breaks, all at once; none for a valid one. Nothing is sent.
 *
 * A request is an object literal, which does not say what it is a request of: it is taken as the type that its properties
 * fit best. `{ keyId }` alone is a query; give the type to have it checked as an incomplete update.
 *
 * ```ts
 * validate({ keyId: 299, recallInterval: 0, recallNum: 1, recallType: 1 })[0]?.path; // 'recallInterval'
 * ```
 *
 * @param request - The request, or a part of one such as a node.
 * @param type - What it is to be, such as `'UpdateRecallFlow'`.
 */
export function validate(request: unknown, type?: RequestName): Violation[] {
  const site = siteOf(validate);
  const json = encode(request);
  const violations = attempt(() => open(native.validate(requestPosition(json, type), json)).any() as Violation[], site);
  return violations.map(violationOf);
}

/**
 * What a request is allowed to say, but probably does not mean: settings without an effect, variables that the service
 * does not know. None if the request cannot be read.
 *
 * @param request - The request, or a part of one such as a node.
 * @param type - What it is to be, as for `validate`.
 */
export function warnings(request: unknown, type?: RequestName): RequestWarning[] {
  const site = siteOf(warnings);
  const json = encode(request);
  const advice = attempt(
    () => open(native.warnings(requestPosition(json, type), json)).any() as RequestWarning[],
    site,
  );
  return advice.map(({ path, message }) => ({ path, message }));
}

/**
 * The exact JSON of the service for a request or response, for logs and fixtures: flags are 0 and 1, and what is flat here
 * is nested as on the wire.
 *
 * @param value - The request or response.
 * @param type - What it is; by default what its properties fit best.
 * @throws {@link InvalidRequestError} if it cannot be read as a request.
 */
export function toWire(value: object, type?: RequestName | ResponseName): Record<string, unknown> {
  const site = siteOf(toWire);
  const json = encode(value);
  return attempt(() => {
    const { isRequest, position } =
      type !== undefined
        ? placeOf(type)
        : hasExtra(value)
          ? { isRequest: false, position: native.responseOf(json) }
          : { isRequest: true, position: native.requestOf(json) };
    const parcel = isRequest ? native.requestToWire(position, json) : native.responseToWire(position, json);
    return open(parcel).any() as Record<string, unknown>;
  }, site);
}

function hasExtra(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'extra' in value;
}

/**
 * Reads the exact JSON of the service: a request strictly, a response as leniently as an answer.
 *
 * ```ts
 * const detail = fromWire(await readFile('flow.json', 'utf8'), 'RecallFlowDetail');
 * ```
 *
 * @param wire - JSON text, or what was parsed from it.
 * @param type - What it is.
 * @throws {@link InvalidRequestError} if it cannot be read as a request, or is no JSON object.
 * @throws {@link ConfigError} if it is a whole answer with its code and message, of which only the `data` can be read.
 */
export function fromWire<N extends RequestName>(wire: unknown, type: N): RequestTypes[N];
export function fromWire<N extends ResponseName>(wire: unknown, type: N): ResponseTypes[N];
export function fromWire(wire: unknown, type: RequestName | ResponseName): unknown {
  const site = siteOf(fromWire);
  // Text that is not well formed would be changed on its way.
  const json = typeof wire === 'string' && wire.isWellFormed() ? wire : encode(wire);
  return attempt(() => {
    const { isRequest, position } = placeOf(type);
    if (isRequest) {
      return open(native.requestFromWire(position, json)).any();
    }
    const response = RESPONSE_READERS[type as ResponseName](open(native.responseFromWire(position, json)));
    if (isEnvelope(response)) {
      throw new ConfigError(
        `this is a whole answer, of which a \`${type}\` is only the \`${ENVELOPE_DATA[0]}\`: give that`,
      );
    }
    return response;
  }, site);
}

/** Whether nothing was read because it is the envelope of an answer, in which everything is one level deeper. */
function isEnvelope({ extra, ...fields }: ResponseTypes[ResponseName]): boolean {
  const isCode = (name: string): boolean => (ENVELOPE_CODE as readonly string[]).includes(name);
  const read = Object.entries(fields).filter(([, value]) => !(Array.isArray(value) && value.length === 0));
  const hasCode = ENVELOPE_CODE.some((name) => name in extra);
  // A response may have a field that is called like the code, and then anything beside it.
  const others = hasCode ? [...ENVELOPE_MESSAGE, ...ENVELOPE_DATA] : ENVELOPE_DATA;
  return read.every(([name]) => isCode(name)) && (hasCode || read.length > 0) && others.some((name) => name in extra);
}
