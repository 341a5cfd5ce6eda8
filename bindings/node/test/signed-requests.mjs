// @ts-check

/** Sends requests to a sandbox by `node:http`, signed by the test, so that the client takes no part. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';

/** @import { Sandbox } from 'recallflow/sandbox' */

export const DETAIL = '/voice/recallFlow/queryDetail';
export const UPDATE = '/voice/recallFlow/update';
export const TASKS = '/voice/group/call/query';

export const CHANGE = { keyId: 299, recallInterval: 30, recallNum: 3, recallType: 0 };

/**
 * Sends a signed request, and returns it without waiting for the response.
 *
 * @param {Sandbox} sandbox
 * @param {string} path
 * @param {unknown} body
 */
export function send({ url, apiKey, apiSecret }, path = DETAIL, body = { keyId: 12 }) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHash('md5').update(`${apiKey}${apiSecret}${timestamp}`).digest('hex');
  const headers = {
    'Content-Type': 'application/json;charset=UTF-8',
    Sign: signature,
    Timestamp: timestamp,
    'Api-Key': apiKey,
  };
  return http.request(url + path, { method: 'POST', headers, agent: false }).end(JSON.stringify(body));
}

/**
 * Sends a signed request, and returns the response.
 *
 * @param {Sandbox} sandbox
 * @param {string} [path]
 * @param {unknown} [body]
 */
export async function post(sandbox, path, body) {
  const request = send(sandbox, path, body);
  const [response] = /** @type {[http.IncomingMessage]} */ (await once(request, 'response'));
  const chunks = await response.toArray();
  return { status: response.statusCode, headers: response.headers, content: Buffer.concat(chunks) };
}

/**
 * Sends a signed request, and returns the envelope of the response.
 *
 * @param {Sandbox} sandbox
 * @param {string} [path]
 * @param {unknown} [body]
 */
export async function ask(sandbox, path, body) {
  const { content } = await post(sandbox, path, body);
  return JSON.parse(content.toString());
}

/**
 * Asserts that a URL refuses connections.
 *
 * @param {string} url
 */
export async function assertRefused(url) {
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
  await assert.rejects(once(socket, 'connect'), { code: 'ECONNREFUSED' });
}
