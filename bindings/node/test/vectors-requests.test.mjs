// @ts-check

/** Plays `validation.json`, `encoding.json` and `updating.json`: violations, bodies and updates of flows. */

import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';

import { ApiError, fromWire, InvalidRequestError, toWire, validate, warnings } from 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

import { call, cases, forms, parseExactly, withExtra } from './vectors.mjs';

/** @type {Sandbox} */
let sandbox;
before(async () => {
  sandbox = await Sandbox.start();
});
after(() => sandbox.close());

/**
 * Reads a request, or returns the error.
 *
 * @param {unknown} form
 * @param {any} vector
 * @returns {any}
 */
function read(form, vector) {
  try {
    return withExtra(fromWire(form, vector.type), vector);
  } catch (error) {
    assert(error instanceof InvalidRequestError, String(error));
    return error;
  }
}

suite('exactly the violations of the vectors are reported', () => {
  for (const each of cases('validation')) {
    test(each.name, () => {
      for (const form of forms(each)) {
        const request = read(form, each);
        if (request instanceof InvalidRequestError) {
          assert.deepEqual(request.violations, each.violations);
          assert.notDeepEqual(each.violations, [], 'only invalid requests are errors');
          // An unreadable request has no warnings.
          assert.deepEqual(each.warnings ?? [], []);
        } else {
          assert.deepEqual(validate(request, each.type), each.violations);
          assert.deepEqual(warnings(request, each.type), each.warnings ?? []);
        }
      }
    });
  }
});

suite('invalid requests are not sent', () => {
  for (const each of cases('validation')) {
    const [form] = forms(each);
    const request = read(form, each);
    // A node is sent only within an update.
    if (request instanceof InvalidRequestError || each.violations.length === 0 || each.type.endsWith('RecallNode')) {
      continue;
    }
    test(each.name, async () => {
      sandbox.reset();
      await assert.rejects(call(sandbox.client(), each.type, request), (error) => {
        assert(error instanceof InvalidRequestError);
        assert.deepEqual(error.violations, each.violations);
        return true;
      });
      assert.deepEqual(sandbox.requests, []);
    });
  }
});

/**
 * Sends a request without validation, because some cases are invalid, and returns the result.
 *
 * @param {any} type
 * @param {any} request
 */
async function send(type, request) {
  sandbox.reset();
  const client = sandbox.client({ validate: false, maxRetries: 0 });
  try {
    await call(client, type, request);
  } catch (error) {
    // The sandbox refuses invalid requests and unknown flows.
    assert(error instanceof ApiError, String(error));
    assert(error.code === -22 || validate(request, type).length > 0, String(error));
  } finally {
    client.close();
  }
  const [recorded, ...others] = sandbox.requests;
  assert(recorded !== undefined);
  assert.deepEqual(others, []);
  return recorded;
}

suite('requests are sent with the bodies of the vectors', () => {
  for (const each of cases('encoding')) {
    test(each.name, async () => {
      for (const form of forms(each)) {
        const request = withExtra(fromWire(form, each.type), each);
        const wire = toWire(request, each.type);
        assert.deepEqual(wire, parseExactly(each.body));
        // The order of the fields is the documented one.
        if (!/\d{16}/.test(each.body)) {
          assert.equal(JSON.stringify(wire), JSON.stringify(JSON.parse(each.body)));
        }
        if (each.extra === undefined) {
          assert.deepEqual(fromWire(wire, each.type), request);
        }

        const settings = { keyId: 299, recallInterval: 30, recallNum: 1, recallType: 0 };
        const isNode = each.type === 'RecallNode';
        const recorded = isNode
          ? await send('UpdateRecallFlow', { ...settings, nodeList: [request] })
          : await send(each.type, request);
        const around = JSON.stringify(settings).slice(0, -1);
        assert.equal(recorded.body, isNode ? `${around},"nodeList":[${each.body}]}` : each.body);
        assert.equal(recorded.bodyBytes, Buffer.byteLength(recorded.body));
        assert(recorded.signatureValid);
        assert.equal(recorded.header('content-type'), 'application/json;charset=UTF-8');
      }
    });
  }
});

suite('flows become the updates of the vectors', () => {
  for (const each of cases('updating')) {
    test(each.name, () => {
      const detail = fromWire(each.detail, 'RecallFlowDetail');
      if (each.update === undefined) {
        assert.throws(
          () => detail.toUpdate(),
          (error) => {
            assert(error instanceof InvalidRequestError, String(error));
            assert.deepEqual(
              error.violations.map(({ path, rule }) => ({ path, rule })),
              each.violations,
            );
            return true;
          },
        );
      } else {
        const update = detail.toUpdate();
        assert.deepEqual(toWire(update, each.type), each.update);
        assert.deepEqual(warnings(update, each.type), each.warnings ?? []);
      }
    });
  }
});
