// Request types as Standard Schemas, used as a library that validates input uses them.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ConfigError, requestSchema, validate } from 'recallflow';

/**
 * Validates a value as such a library does, and returns it with the type of the schema.
 *
 * @template T
 * @param {{ '~standard': { version: 1, vendor: string, validate: (value: unknown) => unknown, types?: { output: T } } }} schema
 * @param {unknown} value
 * @returns {Promise<T>}
 */
async function parse(schema, value) {
  const result = await schema['~standard'].validate(value);
  assert(typeof result === 'object' && result !== null);
  if ('issues' in result && result.issues !== undefined) throw new Error(JSON.stringify(result.issues));
  return /** @type {{ value: T }} */ (result).value;
}

const update = { keyId: 299, recallInterval: 30, recallNum: 1, recallType: 0 };

test('a valid request is returned as it is, with its type', async () => {
  const parsed = await parse(requestSchema('UpdateRecallFlow'), update);
  assert.equal(parsed, update);
  assert.equal(parsed.recallInterval, 30);
});

test('issues have the paths and messages of the violations', () => {
  const wrong = { ...update, recallNum: 11, nodeList: [{ source: 3, text: 'Hello' }] };
  const { issues } = requestSchema('UpdateRecallFlow')['~standard'].validate(wrong);
  assert.deepEqual(
    issues?.map(({ path }) => path),
    [['recallNum'], ['nodeList', 0, 'lan']],
  );
  assert.deepEqual(
    issues?.map(({ message }) => message),
    validate(wrong, 'UpdateRecallFlow').map(({ message }) => message),
  );
});

test('values of every kind have issues in place of exceptions', () => {
  for (const value of [undefined, null, 1, 'text', [], () => 0, Symbol('s'), { keyId: () => 0 }]) {
    const { issues } = requestSchema('UpdateRecallFlow')['~standard'].validate(value);
    assert(issues !== undefined && issues.length > 0, String(value));
  }
});

test('a wrong type is a mistake of the program', () => {
  // @ts-expect-error it is a response
  const schema = requestSchema('RecallFlowDetail');
  assert.throws(() => schema['~standard'].validate({}), ConfigError);
});
