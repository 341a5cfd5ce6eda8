/** undici, by the interface that its README recommends. */

import { Pool } from 'undici';

import {
  BASE_URL,
  DISTANT,
  IN_FLIGHT,
  IS_LIST,
  PATH,
  REQUEST,
  TIMEOUT,
  headers,
  readEnvelope,
  run,
} from './contender.mjs';

const pool = new Pool(BASE_URL, { connections: IN_FLIGHT, headersTimeout: TIMEOUT, bodyTimeout: TIMEOUT });

/** Makes a call, and returns the response. */
async function call(path = PATH, /** @type {object} */ value = REQUEST) {
  const request = { path, headers: headers(), body: JSON.stringify(value) };
  const { body } = await pool.request({ method: 'POST', ...request });
  const envelope = JSON.parse(await body.text());
  readEnvelope(envelope);
  return envelope;
}

/** Reads all pages of a list, as users usually do. */
async function readList() {
  for (let [current, pages] = [1, 1]; current <= pages; current += 1) {
    const { data } = await call(DISTANT + PATH, { ...REQUEST, current });
    pages = data.pages;
  }
}

await run(IS_LIST ? readList : () => call());
