// @ts-check

/** Tests that the stack of an error begins at the caller. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Client, Fee, fromWire, RecallFlowError, totals, toWire, validate, warnings } from 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

import { SPAN } from './specimens.mjs';
import { caught, thrownBy } from './support.mjs';

const LINES = readFileSync(fileURLToPath(import.meta.url), 'utf8').split('\n');

/** @type {Sandbox} */
let sandbox;
/** @type {Client} */
let client;
before(async () => {
  sandbox = await Sandbox.start();
  client = sandbox.client({ maxRetries: 0 });
});
after(() => sandbox.close());

/**
 * Checks that the stack begins with name and message, and then with the marked line of this file.
 *
 * @param {unknown} error
 * @param {string} mark
 */
function assertBegins(error, mark) {
  assert(error instanceof RecallFlowError, String(error));
  const stack = error.stack ?? '';
  const head = `${error.name}: ${error.message}\n`;
  assert(stack.startsWith(head), stack);
  const [first = ''] = stack.slice(head.length).split('\n');
  const found = /stacks\.test\.mjs:(\d+):\d+/.exec(first);
  assert(found !== null, stack);
  const at = Number(found[1]);
  const [line = '', next = ''] = LINES.slice(at - 1, at + 1);
  // The mark of a line that begins a block is within the block.
  assert(line.endsWith(`// ${mark}`) || next.trim() === `// ${mark}`, `${line} is not ${mark}\n${stack}`);
}

/** @returns {any} A value that is not a valid request. */
function wrong() {
  return { keyId: 'x' };
}

suite('the stack of a call', () => {
  test('that is awaited', async () => {
    sandbox.script(-22);
    const error = await caught(async () => {
      await client.queryRecallFlowDetail(12); // awaited
    });
    assertBegins(error, 'awaited');
  });

  test('that is awaited later', async () => {
    sandbox.script(-22);
    const call = client.queryRecallFlowDetail(12); // called
    call.catch(() => undefined);
    await sandbox.waitForRequests(1);
    assertBegins(await caught(() => call), 'called');
  });

  test('that was refused before it was sent', async () => {
    const error = await caught(async () => {
      await client.updateRecallFlow(wrong()); // refused
    });
    assertBegins(error, 'refused');
  });

  test('with wrong options', async () => {
    const error = await caught(async () => {
      await client.queryGroupCalls(SPAN, { timeout: -1 }); // options
    });
    assertBegins(error, 'options');
  });

  test('whose outcome is unknown, with its cause', async () => {
    sandbox.script('reset');
    const error = /** @type {any} */ (
      await caught(async () => {
        await client.updateRecallFlow({ keyId: 299, recallInterval: 5, recallNum: 1, recallType: 0 }); // unknown
      })
    );
    assertBegins(error, 'unknown');
    assert(error.cause.stack.startsWith(`TransportError: ${error.cause.message}`), error.cause.stack);
  });

  test('that is handled by `then`', async () => {
    sandbox.script(-22);
    const error = await new Promise((resolve, reject) => {
      client.queryGroupCalls(SPAN).then(reject, resolve); // then
    });
    assertBegins(error, 'then');
  });

  test('that is one of several', async () => {
    sandbox.script(-22, -22, -22);
    const calls = [
      client.queryRecallFlowDetail(12), // first
      client.queryRecallFlowDetail(299), // second
      client.queryRecallFlowDetail(300), // third
    ];
    const results = await Promise.allSettled(calls);
    for (const [index, mark] of ['first', 'second', 'third'].entries()) {
      const result = results[index];
      assert(result?.status === 'rejected');
      assertBegins(result.reason, mark);
    }
  });

  test('within async functions', async () => {
    async function inner() {
      await Promise.resolve();
      return await client.queryRecallFlowDetail(12); // inner
    }
    async function outer() {
      return await inner(); // outer
    }
    sandbox.script(-22);
    const error = /** @type {Error} */ (await caught(outer));
    assertBegins(error, 'inner');
    const frames = (error.stack ?? '').split('\n').filter((frame) => frame.includes('    at '));
    assert.match(frames[0] ?? '', /at .*inner \(/);
    assert.match(frames[1] ?? '', /at async outer \(/);
  });

  test('by a detached method or a derived class', async () => {
    class Ours extends Client {
      /** @override @param {number | bigint} keyId */
      queryRecallFlowDetail(keyId) {
        return super.queryRecallFlowDetail(keyId);
      }
    }
    const ours = new Ours({ apiKey: sandbox.apiKey, apiSecret: sandbox.apiSecret, baseUrl: sandbox.url });
    const derived = await caught(async () => {
      await ours.queryRecallFlowDetail(wrong()); // derived
    });
    assertBegins(derived, 'derived');
    const bound = client.queryRecallFlowDetail.bind(client);
    const error = await caught(async () => {
      await bound(wrong()); // bound
    });
    assertBegins(error, 'bound');
  });
});

suite('the stack of pages', () => {
  test('in a loop', async () => {
    sandbox.script(-22);
    const error = await caught(async () => {
      for await (const _ of client.groupCalls(SPAN)) {
        // looped
        assert.fail('there is none');
      }
    });
    assertBegins(error, 'looped');
  });

  test('by `next`', async () => {
    sandbox.script(-22);
    const tasks = client.groupCalls(SPAN);
    const error = await caught(async () => {
      await tasks.next(); // next
    });
    assertBegins(error, 'next');
  });

  test('of an invalid query', () => {
    const error = thrownBy(() => client.groupCalls(wrong())); // query
    assertBegins(error, 'query');
  });

  test('in totals', async () => {
    sandbox.script(-22);
    const error = /** @type {Error} */ (
      await caught(async () => {
        await totals(client.groupCalls(SPAN));
      })
    );
    assert(error.stack?.startsWith(`ParameterError: ${error.message}\n    at `));
  });
});

suite('the stack of a thrown error', () => {
  test('by the constructor', () => {
    const error = thrownBy(() => new Client({ apiKey: '', apiSecret: 'secret' })); // constructor
    assertBegins(error, 'constructor');
  });

  test('by the constructor of a derived class', () => {
    class Ours extends Client {}
    const error = thrownBy(() => new Ours({ apiKey: '', apiSecret: 'secret' })); // derived constructor
    assertBegins(error, 'derived constructor');
  });

  test('by fromEnv', () => {
    const error = thrownBy(() => Client.fromEnv({ timeout: -1 })); // fromEnv
    assertBegins(error, 'fromEnv');
  });

  test('by validate and warnings', () => {
    assertBegins(
      thrownBy(() => validate({}, /** @type {any} */ ('X'))), // validate
      'validate',
    );
    assertBegins(
      thrownBy(() => warnings({}, /** @type {any} */ ('X'))), // warnings
      'warnings',
    );
  });

  test('by toWire and fromWire', () => {
    const error = thrownBy(() => toWire(wrong())); // toWire
    assertBegins(error, 'toWire');
    const other = thrownBy(() => fromWire('[', 'GroupCallTask')); // fromWire
    assertBegins(other, 'fromWire');
    const unknown = thrownBy(() => fromWire({}, /** @type {any} */ ('X'))); // fromWire X
    assertBegins(unknown, 'fromWire X');
  });

  test('by toUpdate', () => {
    const detail = fromWire({}, 'RecallFlowDetail');
    const error = thrownBy(() => detail.toUpdate()); // toUpdate
    assertBegins(error, 'toUpdate');
  });
});

test('`Fee.parse` never throws', () => {
  assert.equal(Fee.parse(/** @type {any} */ (Symbol('x'))), undefined);
});

test('a stack works with any `stackTraceLimit`', async () => {
  const limit = Error.stackTraceLimit;
  try {
    for (const length of [0, 1]) {
      Error.stackTraceLimit = length;
      const error = /** @type {Error} */ (await caught(() => client.queryRecallFlowDetail(wrong())));
      const frames = (error.stack ?? '').split('\n    at ').length - 1;
      assert.equal(frames, length);
      assert((error.stack ?? '').startsWith(`InvalidRequestError: ${error.message}`));
    }
  } finally {
    Error.stackTraceLimit = limit;
  }
});
