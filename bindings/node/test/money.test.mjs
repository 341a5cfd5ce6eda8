// @ts-check

/** Tests fees and their totals. */

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';

import { ConfigError, costOf, Fee, FeeTotal, fromWire, isSettled, TaskStatus, totals, totalsByDay } from 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

import { rejectionOf, thrownBy } from './support.mjs';
import { cases } from './vectors.mjs';

/**
 * Returns a task with only these fields.
 *
 * @param {Record<string, unknown>} fields
 */
function task(fields) {
  return fromWire(fields, 'GroupCallTask');
}

suite('fees are parsed as in the vectors', () => {
  for (const each of cases('fee')) {
    test(each.name, () => {
      const fee = Fee.parse(each.text);
      const read = fee && { amount: fee.amount, currency: fee.currency ?? null };
      assert.deepEqual(read ?? null, each.fee);
      assert(fee === undefined || fee instanceof Fee);
    });
  }
});

suite('fees are summed as in the vectors', () => {
  for (const each of cases('fee', 'totals')) {
    test(each.name, async () => {
      const tasks = each.tasks.map(task);
      for (const sums of [totals(tasks), totals(new Set(tasks)), await totals(inTurn(tasks))]) {
        const seen = Object.entries(sums).map(([name, { amounts, counted, unreadable, missing }]) => {
          const listed = Object.entries(amounts).map(([currency, amount]) => ({ currency: currency || null, amount }));
          return [name, { amounts: listed, counted, unreadable, missing }];
        });
        assert.deepEqual(Object.fromEntries(seen), each.totals);
      }
    });
  }
});

/**
 * @template T
 * @param {readonly T[]} items
 */
async function* inTurn(items) {
  yield* items;
}

suite('a fee is printed as the service writes it', () => {
  for (const text of ['0.034827(USD)', '0.0000001(USD)', '0.125000', '-0.50', '0.000000']) {
    test(text, () => {
      assert.equal(String(Fee.parse(text)), text);
      assert.equal(`${Fee.parse(text)}`, text);
    });
  }
});

test('only text can be a fee', () => {
  for (const value of [undefined, null, '', 'free', 0.5, 5n, {}, new String('1(USD)'), '\ud800', '1(USD)\0']) {
    assert.equal(Fee.parse(/** @type {any} */ (value)), undefined);
  }
  assert.equal(Fee.parse(task({}).smsPayFee), undefined);
});

test('fees are printed and compared by value', () => {
  assert.equal(inspect(Fee.parse('0.5(USD)')), "Fee { amount: '0.5', currency: 'USD' }");
  assert.deepEqual(Fee.parse('0.5(USD)'), new Fee('0.5', 'USD'));
  assert.notDeepEqual(Fee.parse('0.5(USD)'), new Fee('0.5'));
  assert.equal(JSON.stringify(Fee.parse('0.5(USD)')), '{"amount":"0.5","currency":"USD"}');
  assert.deepEqual(new Fee('1').currency, undefined);
});

test('a total has the sum of a currency', () => {
  const fees = ['0.10(USD)', '0.20(USD)', '3', '5(toString)'];
  const total = totals(fees.map((smsPayFee) => task({ smsPayFee }))).smsPayFee;
  assert(total instanceof FeeTotal);
  assert.equal(total.amount('USD'), '0.30');
  assert.equal(total.amount(undefined), '3');
  assert.equal(total.amount('EUR'), '0');
  assert.equal(total.amount('toString'), '5');
  // Inherited properties are not currencies.
  assert.equal(total.amount('valueOf'), '0');
  assert.equal(total.amount('__proto__'), '0');
  assert.equal(total.counted, 4);
});

test('values that are not fees are counted', () => {
  const tasks = [
    task({ agentFee: '1' }),
    task({ agentFee: 0.5 }),
    task({ agentFee: 'free' }),
    task({ agentFee: null }),
    task({}),
    { ...task({}), agentFee: /** @type {any} */ (7) },
    { ...task({}), agentFee: '\ud800' },
  ];
  const { agentFee, smsPayFee } = totals(tasks);
  assert.deepEqual(agentFee, new FeeTotal({ '': '1' }, 1, 4, 2));
  assert.deepEqual(smsPayFee, new FeeTotal({}, 0, 0, 7));
});

test('the totals of no tasks are empty', async () => {
  const nothing = new FeeTotal({});
  for (const sums of [totals([]), await totals(inTurn([]))]) {
    assert.deepEqual(sums, {
      agentFee: nothing,
      groupCallPayFee: nothing,
      smsPayFee: nothing,
      taskSumPayFee: nothing,
    });
  }
});

test('the totals of a list are those of its pages', async (t) => {
  const sandbox = await Sandbox.start();
  t.after(() => sandbox.close());
  const client = sandbox.client();
  const query = { strTime: '2024-01-01 00:00:00', endTime: '2024-06-03 15:13:01' };
  const tasks = [];
  for await (const each of client.groupCalls(query)) {
    tasks.push(each);
  }
  const sums = await totals(client.groupCalls(query));
  assert.deepEqual(sums, totals(tasks));
  assert.equal(sums.taskSumPayFee.counted + sums.taskSumPayFee.unreadable + sums.taskSumPayFee.missing, 574);
});

test('an error of the list rejects the totals', async () => {
  const reason = new Error('the list broke');
  async function* broken() {
    yield task({ agentFee: '1' });
    throw reason;
  }
  await assert.rejects(totals(broken()), reason);
});

suite('an item that is not a task is refused with its index', () => {
  /** @type {[string, any, RegExp][]} */
  const misfits = [
    ['null', null, /got null; pass tasks as /],
    ['undefined', undefined, /got undefined; pass tasks as /],
    ['a number', 5, /got a number; pass tasks as /],
    ['a text', '0.1(USD)', /got a string; pass tasks as /],
    ['a list', [task({})], /got an array; pass tasks as /],
  ];
  for (const [name, misfit, message] of misfits) {
    test(name, async () => {
      const items = [task({ agentFee: '1' }), misfit];
      const [inList, inSet] = [thrownBy(() => totals(items)), thrownBy(() => totals(new Set(items)))];
      for (const error of [inList, inSet, await rejectionOf(totals(inTurn(items)))]) {
        assert.equal(error.constructor, ConfigError);
        assert.match(error.message, /^expected a task at `tasks\[1\]`, got /);
        assert.match(error.message, message);
        assert.match(error.stack, /^ConfigError: .*\n +at .*money\.test\.mjs/);
      }
    });
  }

  test('a promise', () => {
    const items = /** @type {any} */ ([Promise.resolve(task({}))]);
    assert.throws(() => totals(items), { name: 'ConfigError', message: /got a promise; add the missing `await`$/ });
  });
});

suite('anything but a list of tasks is refused with a remedy', () => {
  /** @type {[string, any, RegExp][]} */
  const misfits = [
    ['a page', fromWire({ records: [] }, 'GroupCallPage'), /; pass the `records` of the page$/],
    ['a promise', Promise.resolve([]), /; add the missing `await`$/],
    ['nothing', undefined, /, such as the `records` of a page or the result of `groupCalls`$/],
    ['null', null, /, such as /],
    ['a text', '0.1(USD)', /, such as /],
    ['a task', task({}), /, such as /],
  ];
  for (const [name, misfit, message] of misfits) {
    test(name, () => {
      const error = thrownBy(() => totals(misfit));
      assert.equal(error.constructor, ConfigError);
      assert.match(error.message, /^expected a list of tasks/);
      assert.match(error.message, message);
    });
  }
});

suite('fees of one currency', () => {
  test('are added exactly and compared', () => {
    const [one, two] = [new Fee('0.10', 'USD'), new Fee('0.2', 'USD')];
    assert.equal(String(one.add(two)), '0.30(USD)');
    assert.equal(one.compare(two), -1);
    assert.equal(one.compare(new Fee('0.1', 'USD')), 0);
    assert.deepEqual(
      [two, one].sort((a, b) => a.compare(b)),
      [one, two],
    );
  });

  test('of another currency are refused', () => {
    const [one, other] = [new Fee('1', 'USD'), new Fee('1')];
    for (const operate of [() => one.add(other), () => one.compare(other)]) {
      const error = thrownBy(operate);
      assert(error instanceof ConfigError);
      assert.equal(error.message, 'expected a fee in USD, got one in no currency');
    }
    assert.throws(() => new Fee('9'.repeat(28)).add(new Fee('0.1')), /has too many digits/);
  });

  test('are listed by the text of a total', () => {
    const text = (/** @type {string[]} */ ...fees) =>
      String(totals(fees.map((fee) => task({ taskSumPayFee: fee }))).taskSumPayFee);
    assert.equal(text(), '0');
    assert.equal(text('0.1(USD)', '0.2(USD)'), '0.3(USD)');
    assert.equal(text('0.1(USD)', '2(EUR)', '1.50', 'free'), '1.50, 2(EUR), 0.1(USD), 1 unreadable');
  });
});

suite('a task', () => {
  test('has a cost', () => {
    assert.deepEqual(costOf(task({ taskSumPayFee: '0.159827(USD)' })), new Fee('0.159827', 'USD'));
    assert.equal(costOf(task({})), undefined);
    assert.equal(costOf(task({ taskSumPayFee: 'free' })), undefined);
  });

  test('is settled in a final state', () => {
    const settled = Object.values(TaskStatus).filter((status) => isSettled(task({ status })));
    assert.deepEqual(settled, [2, 3, 4, 5]);
    assert.equal(isSettled(task({})), false);
    assert.equal(isSettled(task({ status: 99 })), false);
  });
});

test('totals by day are in the order of the days', async () => {
  const times = ['2024-05-02 00:00:00', '2024-05-01 23:59:59', null, '2024-05-02 12:00:00'];
  const tasks = times.map((createdTime) => task({ createdTime, taskSumPayFee: '0.1(USD)' }));
  for (const days of [totalsByDay(tasks), await totalsByDay(inTurn(tasks))]) {
    assert.deepEqual(
      [...days].map(([day, { taskSumPayFee }]) => [day, String(taskSumPayFee)]),
      [
        ['', '0.1(USD)'],
        ['2024-05-01', '0.1(USD)'],
        ['2024-05-02', '0.2(USD)'],
      ],
    );
  }
});
