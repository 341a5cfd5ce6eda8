// @ts-check

/** The fields of requests and responses, from the JSON Schema, so that the tests know every type of the spec. */

import { readFileSync } from 'node:fs';

import { REQUEST_NAMES } from '../dist/generated/requests.js';
import { RESPONSE_NAMES } from '../dist/generated/responses.js';

export { REQUEST_NAMES, RESPONSE_NAMES };

/**
 * @param {string} path
 * @returns {any}
 */
const read = (path) => JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'));

const TYPES = read('docs/generated/recallflow.schema.json').$defs;
const { paths: PATHS } = read('docs/generated/openapi.json');

/**
 * The operations: their names in the spec, and the types of their requests and responses.
 *
 * @type {{ name: string, request: any, response: any }[]}
 */
export const OPERATIONS = read('crates/sandbox/src/generated/service.json').operations.map(
  (/** @type {any} */ { name, path, request }) => {
    const content = PATHS[`/${path}`].post.responses['200'].content['application/json'];
    const data = content.schema.allOf?.[1].properties.data.anyOf[0];
    return { name, request: lastPart(request.$ref), response: lastPart(data?.$ref) };
  },
);

/** @param {string} [reference] */
function lastPart(reference) {
  return reference?.split('/').at(-1);
}

/**
 * A field: its path on the wire, the kind of its values or items, and the limits of the schema.
 *
 * @typedef {object} Field
 * @property {string} name
 * @property {string} path
 * @property {'flag' | 'text' | 'time' | 'base64' | 'fraction' | 'integer' | 'enum' | 'object'} kind
 * @property {number} bits Bits of an integer without its sign.
 * @property {string} object Name of the type of an object.
 * @property {boolean} isList
 * @property {boolean} isRequired
 * @property {any} rules
 */

/**
 * Returns the fields of a request or response, in order. Those of a nested object of the wire are among them.
 *
 * @param {string} type
 * @returns {Field[]}
 */
export function fieldsOf(type) {
  return fieldsIn(TYPES[type], '');
}

/**
 * @param {any} schema
 * @param {string} outer
 * @returns {Field[]}
 */
function fieldsIn(schema, outer) {
  return Object.entries(schema.properties).flatMap(([name, property]) => {
    if ([property.type].flat().includes('object')) {
      return fieldsIn(property, `${outer}${name}.`);
    }
    // A field of another request of the same path.
    if (property.type === 'null') {
      return [];
    }
    const isRequired = (schema.required ?? []).includes(name);
    return [{ name, path: outer + name, isRequired, ...describe(property) }];
  });
}

/**
 * @param {any} property
 * @returns {Omit<Field, 'name' | 'path' | 'isRequired'>}
 */
function describe(property) {
  const rules = property.anyOf === undefined ? property : property.anyOf[0];
  const name = (rules.$ref ?? '').slice('#/$defs/'.length);
  const types = [rules.type].flat();
  const plain = { bits: 31, object: name, isList: false, rules };
  if (types.includes('array')) {
    return { ...describe(rules.items), isList: true };
  }
  if (name === 'dateTime') {
    return { ...plain, kind: 'time' };
  }
  if (name === 'base64') {
    return { ...plain, kind: 'base64' };
  }
  if (name !== '' && TYPES[name].oneOf === undefined) {
    return { ...plain, kind: 'object' };
  }
  if (name !== '' || rules.oneOf !== undefined) {
    return { ...plain, kind: 'enum', bits: 63, rules: name === '' ? rules : TYPES[name] };
  }
  if (types.includes('boolean') || rules.enum !== undefined) {
    return { ...plain, kind: 'flag' };
  }
  if (rules.format === 'double') {
    return { ...plain, kind: 'fraction' };
  }
  return types.includes('integer')
    ? { ...plain, kind: 'integer', bits: rules.format === 'int64' ? 63 : 31 }
    : { ...plain, kind: 'text' };
}

/**
 * Returns a valid request with all fields.
 *
 * @param {string} type
 * @returns {Record<string, unknown>}
 */
export function sampleOf(type) {
  const valueOf = (/** @type {Field} */ field) => {
    const { kind, rules, object } = field;
    switch (kind) {
      case 'flag':
        return true;
      case 'time':
        return '2024-01-01 00:00:00';
      case 'base64':
        return 'QUJD';
      case 'enum':
        return rules.oneOf[0].const;
      case 'object':
        return sampleOf(object);
      case 'text':
        return '1'.repeat(rules.minLength ?? 1);
      default:
        return Math.max(rules.minimum ?? 1, 1);
    }
  };
  return Object.fromEntries(
    fieldsOf(type).map((field) => [field.name, field.isList ? [valueOf(field)] : valueOf(field)]),
  );
}
