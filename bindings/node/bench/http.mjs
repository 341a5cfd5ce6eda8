/** The client of `node:http`, with an agent that keeps connections. */

import { Agent, request } from 'node:http';

import { BASE_URL, IN_FLIGHT, PATH, REQUEST, TIMEOUT, headers, readEnvelope, run } from './contender.mjs';

const { hostname, port } = new URL(BASE_URL);
const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });

/** @returns {Promise<any>} */
function post() {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify(REQUEST);
    const options = { hostname, port, path: PATH, method: 'POST', agent, timeout: TIMEOUT };
    const sent = request(
      { ...options, headers: { ...headers(), 'Content-Length': Buffer.byteLength(body) } },
      (response) => {
        /** @type {Buffer[]} */
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          try {
            resolve(JSON.parse(Buffer.concat(chunks).toString()));
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    sent.on('error', reject);
    sent.on('timeout', () => sent.destroy(new Error('no response in time')));
    sent.end(body);
  });
}

await run(async () => {
  readEnvelope(await post());
});
