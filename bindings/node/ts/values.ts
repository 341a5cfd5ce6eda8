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

/** Names of all types, in the order in which the native module numbers those that fit a value. */
const TYPE_NAMES: readonly string[] = [...REQUEST_NAMES, ...RESPONSE_NAMES];

/** The position of a type among the types of requests, or among those of responses. */
interface TypePosition {
  isRequest: boolean;
  position: number;
}

function typeAt(index: number): TypePosition {
  const isRequest = index < REQUEST_NAMES.length;
  return { isRequest, position: isRequest ? index : index - REQUEST_NAMES.length };
}

/** Finds a type by name. */
function typeNamed(name: string): TypePosition {
  const index = TYPE_NAMES.indexOf(name);
  if (index < 0) {
    throw new ConfigError(`expected one of the types ${TYPE_NAMES.join(', ')}, got \`${name}\``);
  }
  return typeAt(index);
}

/** Returns the type that fits a value best. If several do, the caller has to decide. */
function inferredType(json: string, mayBeResponse: boolean): TypePosition {
  const [index = 0, ...others] = native.fittingTypes(json, mayBeResponse);
  if (others.length > 0) {
    const names = [index, ...others].map((each) => `\`${TYPE_NAMES[each] ?? ''}\``).join(', ');
    throw new ConfigError(
      `could not infer the type, because the value fits several equally well: ${names}; pass the name of its type`,
    );
  }
  return typeAt(index);
}

function requestPosition(json: string, type: string | undefined): number {
  const { isRequest, position } = type === undefined ? inferredType(json, false) : typeNamed(type);
  if (!isRequest) {
    throw new ConfigError(`expected a type of requests, got the response \`${type ?? ''}\``);
  }
  return position;
}

/**
 * Returns every rule that a request breaks. The list is empty for a valid request. Nothing is sent.
 *
 * Without `type`, the type is inferred from the properties: `{ keyId }` alone is a valid query, and not an incomplete update.
 *
 * ```ts
 * validate({ keyId: 299 }, 'UpdateRecallFlow')[0]?.path; // 'recallInterval'
 * ```
 *
 * @param request - The request, or a part of one such as a node.
 * @param type - The type of the request. Required if the value fits several types equally well.
 * @throws {@link ConfigError} if `type` is required, or is not a type of requests.
 */
export function validate(request: unknown, type?: RequestName): Violation[] {
  const site = siteOf(validate);
  const json = encode(request);
  const violations = attempt(() => open(native.validate(requestPosition(json, type), json)).any() as Violation[], site);
  return violations.map(violationOf);
}

/**
 * Asserts that a value is a request of a type, and breaks no rule. Nothing is sent.
 *
 * ```ts
 * const update: unknown = JSON.parse(text);
 * assertRequest(update, 'UpdateRecallFlow');
 * await client.updateRecallFlow(update);
 * ```
 *
 * @param value - The request, or a part of one such as a node.
 * @param type - The type of the request.
 * @throws {@link InvalidRequestError} with every violation.
 * @throws {@link ConfigError} if `type` is not a type of requests.
 */
export function assertRequest<N extends RequestName>(value: unknown, type: N): asserts value is RequestTypes[N] {
  const site = siteOf(assertRequest);
  const json = encode(value);
  attempt(() => {
    native.checkRequest(requestPosition(json, type), json);
  }, site);
}

/**
 * Returns warnings about parts of a request that are valid but probably mistakes, such as settings without an effect. The
 * list is empty if the request cannot be read.
 *
 * @param request - The request, or a part of one such as a node.
 * @param type - The type of the request. Required if the value fits several types equally well.
 * @throws {@link ConfigError} if `type` is required, or is not a type of requests.
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
 * @param type - The type of the value. Required if the value fits several types equally well.
 * @throws {@link InvalidRequestError} if it cannot be read as a request.
 * @throws {@link ConfigError} if `type` is required, or is not a type.
 */
export function toWire(value: object, type?: RequestName | ResponseName): Record<string, unknown> {
  return wireOf(value, type, siteOf(toWire));
}

/**
 * Returns the wire form of a request or response as JSON text with exact integers, for logs and fixtures. `fromWire` reads it.
 *
 * @param value - The request or response.
 * @param type - The type of the value. Required if the value fits several types equally well.
 * @throws {@link InvalidRequestError} if it cannot be read as a request.
 * @throws {@link ConfigError} if `type` is required, or is not a type.
 */
export function toWireText(value: object, type?: RequestName | ResponseName): string {
  return encodeReceived(wireOf(value, type, siteOf(toWireText)));
}

function wireOf(value: object, type: RequestName | ResponseName | undefined, site: Site): Record<string, unknown> {
  const json = encode(value);
  return attempt(() => {
    const { isRequest, position } = type === undefined ? inferredType(json, hasExtra(value)) : typeNamed(type);
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
