// @ts-check

/** Tests `Pages`. */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { inspect } from 'node:util';

import { ConfigError, IncompleteError, InvalidRequestError, Pages, ParameterError } from 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

import { SPAN } from './specimens.mjs';
import { success, collect, pageOf, rejectionOf, thrownBy } from './support.mjs';

/** @type {Sandbox} */
let sandbox;
/** @type {import('recallflow').Client} */
let client;
beforeEach(async () => {
  sandbox = await Sandbox.start();
  client = sandbox.client({ maxRetries: 0 });
});
afterEach(() => sandbox.close());

/** Returns the numbers of the requested pages. */
function asked() {
  return sandbox.requests.map((request) => /** @type {any} */ (request.json()).current);
}

/** @param {readonly import('recallflow').GroupCallTask[]} tasks */
function idsOf(tasks) {
  return tasks.map(({ taskId }) => taskId);
}

test('every task is returned once, with the same span on every page', async () => {
  const tasks = client.groupCalls(SPAN);
  const ids = idsOf(await collect(tasks));
  assert.equal(ids.length, 574);
  assert.equal(new Set(ids).size, 574);
  assert.equal(tasks.drift, undefined);
  assert.deepEqual(asked(), [1, 2, 3, 4, 5, 6]);
  const spans = sandbox.requests.map((request) => /** @type {any} */ (request.json()).params.endTime);
  assert.deepEqual([...new Set(spans)], [SPAN.endTime]);
});

test('pages are read when they are needed', async () => {
  const tasks = client.groupCalls({ ...SPAN, size: 10, current: 3 });
  assert.deepEqual(asked(), []);
  for (let count = 0; count < 11; count += 1) {
    assert.equal((await tasks.next()).done, false);
  }
  assert.deepEqual(asked(), [3, 4]);
});

test('a loop is an async iterator', async () => {
  const tasks = client.groupCalls({ ...SPAN, size: 10 });
  assert(tasks instanceof Pages);
  assert.equal(inspect(tasks), 'Pages { total: undefined, drift: undefined }');
  const items = tasks[Symbol.asyncIterator]();
  assert.equal(items[Symbol.asyncIterator](), items);
  const [first] = await collect(take(items, 1));
  const second = (await items.next()).value;
  assert.notEqual(first?.taskId, second?.taskId);
});

test('each loop starts with the first page, and `next` continues the latest loop', async () => {
  const tasks = client.groupCalls({ ...SPAN, size: 10 });
  const first = (await tasks.next()).value?.taskId;
  assert.notEqual((await tasks.next()).value?.taskId, first);
  assert.equal((await tasks[Symbol.asyncIterator]().next()).value?.taskId, first);
  assert.notEqual((await tasks.next()).value?.taskId, first);
  assert.equal((await collect(tasks))[0]?.taskId, first);
  assert.equal((await collect(tasks)).length, 574);
});

test('concurrent pages are read in order', async () => {
  const expected = idsOf(await collect(client.groupCalls(SPAN)));
  sandbox.reset();
  const tasks = client.groupCalls({ ...SPAN, size: 10 }, { concurrency: 8 });
  assert.equal(tasks.total, undefined);
  assert.deepEqual(idsOf(await collect(tasks)), expected);
  assert.equal(tasks.total, 574);
  assert.equal(tasks.drift, undefined);
  assert.deepEqual(
    asked().sort((one, other) => one - other),
    Array.from({ length: 58 }, (_, index) => index + 1),
  );
});

test('a list is read in whole pages', async () => {
  const pages = await collect(client.groupCalls(SPAN, { concurrency: 3 }).pages());
  assert.deepEqual(
    pages.map(({ length }) => length),
    [100, 100, 100, 100, 100, 74],
  );
});

test('a limited list reads only the pages that it needs', async () => {
  const tasks = client.groupCalls(SPAN);
  assert.equal((await tasks.toList({ limit: 200 })).length, 200);
  assert.deepEqual(asked(), [1, 2]);
  assert.deepEqual(await tasks.toList({ limit: 0 }), []);
  assert.deepEqual(asked(), [1, 2]);
  assert.equal((await tasks.toList()).length, 574);
  await assert.rejects(tasks.toList({ limit: -1 }), /expected a number of at least 0 for `limit`, got -1/);
});

test('wrong options are refused immediately', () => {
  for (const concurrency of /** @type {any[]} */ ([0, 9, 1.5, '2', null])) {
    assert.throws(() => client.groupCalls(SPAN, { concurrency }), ConfigError, String(concurrency));
  }
  assert.throws(() => client.groupCalls(SPAN, /** @type {any} */ ({ strict: 1 })), ConfigError);
});

test('a strict iteration ends with an error if the list changed', async () => {
  sandbox.script(pageOf([4, 3], 4, 2), pageOf([3, 2], 5, 3), pageOf([1], 5, 3));
  const tasks = client.groupCalls(SPAN, { strict: true });
  const items = tasks[Symbol.asyncIterator]();
  assert.deepEqual(idsOf(await collect(take(items, 4))), [4, 3, 2, 1]);
  const error = await rejectionOf(items.next());
  assert(error instanceof IncompleteError);
  assert.deepEqual(error.drift, { totalAtStart: 4, totalAtEnd: 5, read: 4, repeated: 1 });
  assert.deepEqual(error.drift, tasks.drift);
  assert.equal(error.operation, 'queryGroupCalls');
  assert.match(error.message, /^queryGroupCalls: the list changed .*; read the list again$/);
  assert.equal(error.isRetryable, true);
  assert.deepEqual(await items.next(), { done: true, value: undefined });
});

/**
 * Returns the first items without ending the iterator.
 *
 * @template T
 * @param {AsyncIterator<T>} items
 * @param {number} count
 */
async function* take(items, count) {
  for (let index = 0; index < count; index += 1) {
    const { done, value } = await items.next();
    if (done) {
      return;
    }
    yield value;
  }
}

test('an empty list has no items', async () => {
  const tasks = client.groupCalls({ ...SPAN, searchCondition: 'no such name' });
  assert.deepEqual(await collect(tasks), []);
  assert.equal(tasks.drift, undefined);
  assert.deepEqual(asked(), [1]);
  assert.deepEqual(await tasks.next(), { done: true, value: undefined });
  assert.deepEqual(asked(), [1]);
});

suite('a list that changes while it is paged', () => {
  test('has no task twice, and reports drift', async () => {
    sandbox.script(pageOf([4, 3], 4, 2), pageOf([3, 2], 5, 3), pageOf([1], 5, 3));
    const tasks = client.groupCalls(SPAN);
    assert.deepEqual(idsOf(await collect(tasks)), [4, 3, 2, 1]);
    assert.deepEqual(tasks.drift, { totalAtStart: 4, totalAtEnd: 5, read: 4, repeated: 1 });
  });

  test('reports drift as soon as it is noticed', async () => {
    sandbox.script(pageOf([4, 3], 4, 2), pageOf([3, 2], 5, 3));
    const tasks = client.groupCalls(SPAN);
    await collect(take(tasks, 2));
    const before = tasks.drift;
    assert.equal(before, undefined);
    await tasks.next();
    const drift = () => tasks.drift;
    assert.equal(drift()?.repeated, 1);
    await tasks.return();
    assert.equal(drift()?.repeated, 1);
  });

  test('may lack totals', async () => {
    sandbox.script(success({ records: [{ taskId: 1 }], pages: 2 }), success({ records: [{ taskId: 1 }], pages: 2 }));
    const tasks = client.groupCalls(SPAN);
    await collect(tasks);
    assert.deepEqual(tasks.drift, { totalAtStart: undefined, totalAtEnd: undefined, read: 1, repeated: 1 });
  });

  test('may end with an empty page', async () => {
    sandbox.script(pageOf([6, 5], 6, 3), pageOf([], 6, 3));
    const tasks = client.groupCalls(SPAN);
    await collect(tasks);
    assert.deepEqual(tasks.drift, { totalAtStart: 6, totalAtEnd: 6, read: 2, repeated: 0 });
  });

  test('may have a page without new items', async () => {
    sandbox.script(pageOf([3], 3, 3), pageOf([3], 4, 4), pageOf([2], 4, 4), pageOf([1], 4, 4));
    assert.deepEqual(idsOf(await collect(client.groupCalls(SPAN))), [3, 2, 1]);
  });
});

test('after an error the same page is read again', async () => {
  sandbox.script(pageOf([4, 3], 4, 2), -22, pageOf([2, 1], 4, 2));
  const tasks = client.groupCalls(SPAN)[Symbol.asyncIterator]();
  /** @type {unknown[]} */
  const seen = [];
  const error = await rejectionOf(
    (async () => {
      for await (const task of tasks) {
        seen.push(task.taskId);
      }
    })(),
  );
  assert.deepEqual(seen, [4, 3]);
  assert(error instanceof ParameterError);
  assert.equal(error.operation, 'queryGroupCalls');
  assert.deepEqual(idsOf(await collect(tasks)), [2, 1]);
  assert.deepEqual(await tasks.next(), { done: true, value: undefined });
  assert.deepEqual(asked(), [1, 2, 2]);
});

test('an invalid query is refused immediately', () => {
  const error = thrownBy(() => client.groupCalls({ ...SPAN, size: 101 }));
  assert(error instanceof InvalidRequestError);
  assert.deepEqual(
    error.violations.map(({ path }) => path),
    ['size'],
  );
  for (const query of /** @type {any[]} */ ([undefined, null, 5, {}, { ...SPAN, x: 1 }])) {
    assert.throws(() => client.groupCalls(query), InvalidRequestError);
  }
  assert.deepEqual(sandbox.requests, []);
});

test('every page uses the options of the call', async () => {
  sandbox.script(503, 503, pageOf([1], 2, 2), 503, 503, pageOf([2], 2, 2));
  assert.deepEqual(idsOf(await collect(client.groupCalls(SPAN, { maxRetries: 2, timeout: 20_000 }))), [1, 2]);
});

suite('leaving a loop early ends the iteration', () => {
  const leave = {
    break: async (/** @type {AsyncIterable<unknown>} */ tasks) => {
      for await (const _ of tasks) {
        break;
      }
    },
    return: async (/** @type {AsyncIterable<unknown>} */ tasks) => {
      for await (const _ of tasks) {
        return;
      }
    },
    throw: async (/** @type {AsyncIterable<unknown>} */ tasks) => {
      const reason = new Error('enough');
      const error = await rejectionOf(
        (async () => {
          for await (const _ of tasks) {
            throw reason;
          }
        })(),
      );
      assert.equal(error, reason);
    },
  };
  for (const [name, loop] of Object.entries(leave)) {
    test(`by ${name}`, async () => {
      const tasks = client.groupCalls(SPAN);
      await loop(tasks);
      assert.deepEqual(asked(), [1]);
      assert.deepEqual(await tasks.next(), { done: true, value: undefined });
      assert.deepEqual(asked(), [1]);
      assert.equal((await client.queryRecallFlowDetail(12)).keyId, 12);
    });
  }
});

test('pages that were ended before they began read nothing', async () => {
  const tasks = client.groupCalls(SPAN);
  assert.deepEqual(await tasks.return(), { done: true, value: undefined });
  assert.deepEqual(await tasks.return(), { done: true, value: undefined });
  assert.deepEqual(await tasks.next(), { done: true, value: undefined });
  const others = client.groupCalls(SPAN);
  await others[Symbol.asyncDispose]();
  assert.deepEqual(await others.next(), { done: true, value: undefined });
  assert.deepEqual(sandbox.requests, []);
});

test('ending the iteration aborts all calls that read its pages', async () => {
  sandbox.script(pageOf([3], 3, 3), 'hold', 'hold');
  const tasks = client.groupCalls(SPAN, { concurrency: 2 });
  await tasks.next();
  const second = tasks.next();
  await sandbox.waitForRequests(3);
  await tasks.return();
  assert.deepEqual(await second, { done: true, value: undefined });
  await sandbox.waitForOpenConnections(0);
});

test('ending the iteration aborts the call that reads a page', async () => {
  sandbox.script('hold');
  const tasks = client.groupCalls(SPAN);
  const [first, second] = [tasks.next(), tasks.next()];
  await sandbox.waitForRequests(1);
  assert.deepEqual(await tasks.return(), { done: true, value: undefined });
  assert.deepEqual(await Promise.all([first, second]), [
    { done: true, value: undefined },
    { done: true, value: undefined },
  ]);
  await sandbox.waitForOpenConnections(0);
  assert.equal(sandbox.requests.length, 1);
});

test('concurrent calls of `next` return items in order', async () => {
  const ordered = idsOf(await collect(client.groupCalls({ ...SPAN, size: 7 })));
  sandbox.reset();
  const tasks = client.groupCalls({ ...SPAN, size: 7 });
  const results = await Promise.all(Array.from({ length: 600 }, () => tasks.next()));
  assert.deepEqual(
    results.slice(0, 574).map(({ value }) => value?.taskId),
    ordered,
  );
  assert(results.slice(574).every(({ done, value }) => done === true && value === undefined));
  assert.equal(sandbox.requests.length, 82);
});

test('several loops share one iterator', async () => {
  const tasks = client.groupCalls(SPAN)[Symbol.asyncIterator]();
  const parts = await Promise.all(Array.from({ length: 4 }, () => collect(tasks)));
  const ids = idsOf(parts.flat());
  assert.equal(ids.length, 574);
  assert.equal(new Set(ids).size, 574);
});

test('an error rejects one call of `next`, and the others go on', async () => {
  sandbox.script(pageOf([4, 3], 4, 2), -22, pageOf([2, 1], 4, 2));
  const tasks = client.groupCalls(SPAN);
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => tasks.next()));
  const told = results.map((result) =>
    result.status === 'rejected' ? result.reason.name : (result.value.value?.taskId ?? 'the end'),
  );
  assert.deepEqual(told, [4, 3, 'ParameterError', 2, 1]);
});

suite('a signal', () => {
  test('that was already aborted sends nothing', async () => {
    const reason = { why: 'too late' };
    const tasks = client.groupCalls(SPAN, { signal: AbortSignal.abort(reason) });
    assert.equal(await rejectionOf(collect(tasks)), reason);
    assert.equal(await rejectionOf(tasks.next()), reason);
    assert.deepEqual(sandbox.requests, []);
  });

  test('that is aborted between pages refuses further ones', async () => {
    const controller = new AbortController();
    const tasks = client.groupCalls({ ...SPAN, size: 10 }, { signal: controller.signal });
    const seen = await collect(take(tasks, 10));
    assert.equal(seen.length, 10);
    controller.abort();
    const error = await rejectionOf(tasks.next());
    assert.equal(error, controller.signal.reason);
    assert.equal(error.name, 'AbortError');
    assert.equal(await rejectionOf(tasks.next()), error);
    assert.deepEqual(asked(), [1]);
  });

  test('that is aborted while a page is read ends it', async () => {
    sandbox.script(pageOf([2, 1], 4, 2), 'hold');
    const controller = new AbortController();
    const tasks = client.groupCalls(SPAN, { signal: controller.signal });
    const loop = rejectionOf(collect(tasks));
    await sandbox.waitForRequests(2);
    controller.abort('enough');
    assert.equal(await loop, 'enough');
    await sandbox.waitForOpenConnections(0);
  });
});
