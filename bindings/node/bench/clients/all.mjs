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
 * How to make each client, by its name in the tables, with as many connections as are used at once.
 *
 * @type {ReadonlyMap<string, (baseUrl: string, connections: number) => Api>}
 */
export const CLIENTS = new Map([
  [OURS, ours],
  ['undici', withUndici],
  ['node:http', withHttp],
  ['axios', withAxios],
  ['fetch', withFetch],
]);
