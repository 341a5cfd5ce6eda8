/** axios, with an agent that keeps connections. */

import { Agent } from 'node:http';

import axios from 'axios';

import { headers } from '../signing.mjs';
import { TIMEOUT, plain } from './plain.mjs';

/**
 * @param {string} baseURL
 * @param {number} connections
 */
export function withAxios(baseURL, connections) {
  const httpAgent = new Agent({ keepAlive: true, maxSockets: connections });
  const client = axios.create({ baseURL, httpAgent, timeout: TIMEOUT });
  return plain(async (path, request) => (await client.post(path, request, { headers: headers() })).data);
}
