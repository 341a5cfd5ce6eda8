// Time spans of whole days, names of enum values, and assertions of requests.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  assertRequest,
  ConfigError,
  InvalidRequestError,
  nameOf,
  spanOfDay,
  spanOfMonth,
  TaskStatus,
} from 'recallflow';

test('a span has whole days', () => {
  assert.deepEqual(spanOfMonth('2024-02'), { strTime: '2024-02-01 00:00:00', endTime: '2024-02-29 23:59:59' });
  assert.deepEqual(spanOfDay('2024-05-01'), { strTime: '2024-05-01 00:00:00', endTime: '2024-05-01 23:59:59' });
});

test('other texts are refused', () => {
  for (const wrong of ['2024-13', '2024-05-01', '', 202405, null]) {
    assert.throws(
      // @ts-expect-error some are not text
      () => spanOfMonth(wrong),
      (error) => {
        assert(error instanceof InvalidRequestError);
        assert.equal(
          error.violations[0]?.message,
          `expected a month \`yyyy-MM\`, got ${JSON.stringify(String(wrong))}`,
        );
        return true;
      },
    );
  }
  assert.throws(() => spanOfDay('2023-02-29'), InvalidRequestError);
});

test('a number has the name of its value', () => {
  assert.equal(nameOf(TaskStatus, 2), 'FINISHED');
  assert.equal(nameOf(TaskStatus, 99), undefined);
  assert.equal(nameOf(TaskStatus, undefined), undefined);
});

test('a request is asserted', () => {
  /** @type {unknown} */
  const update = { keyId: 299, recallInterval: 30, recallNum: 1, recallType: 0 };
  assertRequest(update, 'UpdateRecallFlow');
  assert.equal(update.recallInterval, 30);
  assert.throws(
    () => {
      /** @type {unknown} */
      const wrong = { keyId: 299, recallInterval: 0 };
      assertRequest(wrong, 'UpdateRecallFlow');
    },
    (error) => {
      assert(error instanceof InvalidRequestError);
      const paths = error.violations.map((violation) => violation.path);
      assert.deepEqual(paths.sort(), ['recallInterval', 'recallNum', 'recallType']);
      return true;
    },
  );
  assert.throws(() => {
    // @ts-expect-error a response is not a request
    assertRequest({}, 'RecallFlowDetail');
  }, ConfigError);
});
