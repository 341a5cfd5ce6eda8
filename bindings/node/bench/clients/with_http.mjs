/** Node's own client, with an agent that keeps connections. */

import { Agent, request as start } from 'node:http';

import { headers } from '../signing.mjs';
import { TIMEOUT, plain } from './plain.mjs';

/**
 * @param {string} baseUrl
 * @param {number} connections
 */
export function withHttp(baseUrl, connections) {
  const { hostname, port } = new URL(baseUrl);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return plain(
    (path, request) =>
      new Promise((resolve, reject) => {
        const body = JSON.stringify(request);
        const options = { hostname, port, path, method: 'POST', agent, timeout: TIMEOUT };
        const sent = start(
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
        sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
        sent.end(body);
      }),
  );
}
