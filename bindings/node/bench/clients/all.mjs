/** Every client there is. */

import { OURS } from '../targets.mjs';
import { ours } from './ours.mjs';
import { withAxios } from './with_axios.mjs';
import { withFetch } from './with_fetch.mjs';
import { withHttp } from './with_http.mjs';
import { withUndici } from './with_undici.mjs';

/**
 * A client of the service.
 *
 * @typedef {object} Api
 * @property {() => Promise<void>} small Makes an update, answered by an envelope with nothing in it.
 * @property {() => Promise<void>} page Makes a query, and reads all of the page that it is answered by.
 */

/**
 * Makes clients that keep as many connections as are used at once, by their names in the tables.
 *
 * @param {string} baseUrl
 * @param {number} connections
 * @returns {Map<string, Api>}
 */
export function clients(baseUrl, connections) {
  return new Map([
    [OURS, ours(baseUrl)],
    ['undici', withUndici(baseUrl, connections)],
    ['node:http', withHttp(baseUrl, connections)],
    ['axios', withAxios(baseUrl, connections)],
    ['fetch', withFetch(baseUrl)],
  ]);
}
