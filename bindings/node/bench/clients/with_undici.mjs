/** undici: its fastest interface but one, and the one that is told to users. */

import { Pool } from 'undici';

import { headers } from '../signing.mjs';
import { TIMEOUT, plain } from './plain.mjs';

/**
 * @param {string} baseUrl
 * @param {number} connections
 */
export function withUndici(baseUrl, connections) {
  const pool = new Pool(baseUrl, { connections, headersTimeout: TIMEOUT, bodyTimeout: TIMEOUT });
  return plain(async (path, request) => {
    const { body } = await pool.request({ path, method: 'POST', headers: headers(), body: JSON.stringify(request) });
    return JSON.parse(await body.text());
  });
}
