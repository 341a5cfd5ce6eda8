/** Validates requests, and converts requests and responses to and from their wire form. */

import { encode, encodeReceived } from './encode.js';
import { ConfigError, siteOf, violationOf, type RequestWarning, type Site, type Violation } from './errors.js';
import { attempt } from './failures.js';
import { REQUEST_NAMES, type RequestTypes } from './generated/requests.js';
import {
  ENVELOPE_CODE,
  ENVELOPE_DATA,
  ENVELOPE_MESSAGE,
  RESPONSE_NAMES,
  RESPONSE_READERS,
  type ResponseTypes,
} from './generated/responses.js';
import { native } from './native.js';
import { open } from './reader.js';

/** Name of a type of requests. */
export type RequestName = keyof RequestTypes;

/** Name of a type of responses. */
export type ResponseName = keyof ResponseTypes;

/** The position of a type among the types of requests, or among those of responses. */
interface TypePosition {
  isRequest: boolean;
  position: number;
}

/** Finds a type by name. */
function typeNamed(name: string): TypePosition {
  const [request, response] = [positionOf(REQUEST_NAMES, name), positionOf(RESPONSE_NAMES, name)];
  if (request < 0 && response < 0) {
    const known = [...REQUEST_NAMES, ...RESPONSE_NAMES].join(', ');
    throw new ConfigError(`expected one of the types ${known}, got \`${name}\``);
  }
  return request < 0 ? { isRequest: false, position: response } : { isRequest: true, position: request };
}

function positionOf(names: readonly string[], name: string): number {
  return names.indexOf(name);
}

function requestPosition(json: string, type: string | undefined): number {
  if (type === undefined) {
    return native.inferRequest(json);
  }
  const { isRequest, position } = typeNamed(type);
  if (!isRequest) {
    throw new ConfigError(`expected a type of requests, got the response \`${type}\``);
  }
  return position;
}

/**
 * Returns every rule that a request breaks. The list is empty for a valid request. Nothing is sent.
 *
 * Without `type`, the type of the request is inferred from its properties. `{ keyId }` alone is a query; pass the type to
 * validate it as an incomplete update.
 *
 * ```ts
 * validate({ keyId: 299, recallInterval: 0, recallNum: 1, recallType: 1 })[0]?.path; // 'recallInterval'
 * ```
 *
 * @param request - The request, or a part of one such as a node.
 * @param type - The type of the request, such as `'UpdateRecallFlow'`.
 */
export function validate(request: unknown, type?: RequestName): Violation[] {
  const site = siteOf(validate);
  const json = encode(request);
  const violations = attempt(() => open(native.validate(requestPosition(json, type), json)).any() as Violation[], site);
  return violations.map(violationOf);
}

/**
 * Returns warnings about parts of a request that are valid but probably mistakes, such as settings without an effect. The
 * list is empty if the request cannot be read.
 *
 * @param request - The request, or a part of one such as a node.
 * @param type - The type of the request, as for `validate`.
 */
export function warnings(request: unknown, type?: RequestName): RequestWarning[] {
  const site = siteOf(warnings);
  const json = encode(request);
  const found = attempt(() => open(native.warnings(requestPosition(json, type), json)).any() as RequestWarning[], site);
  return found.map(({ path, message }) => ({ path, message }));
}

/**
 * Returns the wire form of a request or response. Flags are 0 and 1, and fields are nested as on the wire.
 *
 * An integer beyond 2^53 is a bigint, which `JSON.stringify` writes as a string. `toWireText` writes it as a number.
 *
 * @param value - The request or response.
 * @param type - The type of the value. By default it is inferred from the properties.
 * @throws {@link InvalidRequestError} if it cannot be read as a request.
 */
export function toWire(value: object, type?: RequestName | ResponseName): Record<string, unknown> {
  return wireOf(value, type, siteOf(toWire));
}

/**
 * Returns the wire form of a request or response as JSON text with exact integers, for logs and fixtures. `fromWire` reads it.
 *
 * @param value - The request or response.
 * @param type - The type of the value. By default it is inferred from the properties.
 * @throws {@link InvalidRequestError} if it cannot be read as a request.
 */
export function toWireText(value: object, type?: RequestName | ResponseName): string {
  return encodeReceived(wireOf(value, type, siteOf(toWireText)));
}

function wireOf(value: object, type: RequestName | ResponseName | undefined, site: Site): Record<string, unknown> {
  const json = encode(value);
  return attempt(() => {
    const { isRequest, position } =
      type !== undefined
        ? typeNamed(type)
        : hasExtra(value)
          ? { isRequest: false, position: native.inferResponse(json) }
          : { isRequest: true, position: native.inferRequest(json) };
    const parcel = isRequest ? native.requestToWire(position, json) : native.responseToWire(position, json);
    return open(parcel).any() as Record<string, unknown>;
  }, site);
}

function hasExtra(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'extra' in value;
}

/**
 * Reads the wire form of a request strictly, or that of a response as leniently as the client does.
 *
 * ```ts
 * const detail = fromWire(await readFile('flow.json', 'utf8'), 'RecallFlowDetail');
 * ```
 *
 * In a response, a lone surrogate in an escape such as `\\ud800` becomes U+FFFD. A request with one is refused.
 *
 * @param wire - JSON text, or the value parsed from it.
 * @param type - The type of the value.
 * @throws {@link InvalidRequestError} if the request is invalid, or if `wire` is not a JSON object.
 * @throws {@link ConfigError} if `wire` is a whole response with its code and message. Pass its `data` instead.
 */
export function fromWire<N extends RequestName>(wire: unknown, type: N): RequestTypes[N];
export function fromWire<N extends ResponseName>(wire: unknown, type: N): ResponseTypes[N];
export function fromWire(wire: unknown, type: RequestName | ResponseName): unknown {
  const site = siteOf(fromWire);
  // Passing a string with a lone surrogate to the native module would change it.
  const json = typeof wire === 'string' && wire.isWellFormed() ? wire : encode(wire);
  return attempt(() => {
    const { isRequest, position } = typeNamed(type);
    if (isRequest) {
      return open(native.requestFromWire(position, json)).any();
    }
    const response = RESPONSE_READERS[type as ResponseName](open(native.responseFromWire(position, json)));
    if (isEnvelope(response)) {
      throw new ConfigError(
        `expected a \`${type}\`, got a whole response with its code and message: pass its \`${ENVELOPE_DATA[0]}\``,
      );
    }
    return response;
  }, site);
}

/** Returns whether a value is a whole response, whose fields are one level deeper, in its envelope. */
function isEnvelope({ extra, ...fields }: ResponseTypes[ResponseName]): boolean {
  const isCode = (name: string): boolean => (ENVELOPE_CODE as readonly string[]).includes(name);
  const read = Object.entries(fields).filter(([, value]) => !(Array.isArray(value) && value.length === 0));
  const hasCode = ENVELOPE_CODE.some((name) => name in extra);
  // If the response has a field with the name of the code, only the other names of the envelope identify one.
  const others = hasCode ? [...ENVELOPE_MESSAGE, ...ENVELOPE_DATA] : ENVELOPE_DATA;
  return read.every(([name]) => isCode(name)) && (hasCode || read.length > 0) && others.some((name) => name in extra);
}
