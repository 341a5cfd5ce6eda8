/** undici, by the interface that its README recommends. */

import { Pool } from 'undici';

import { BASE_URL, IN_FLIGHT, PATH, REQUEST, TIMEOUT, headers, readEnvelope, run } from './contender.mjs';

const pool = new Pool(BASE_URL, { connections: IN_FLIGHT, headersTimeout: TIMEOUT, bodyTimeout: TIMEOUT });

await run(async () => {
  const request = { path: PATH, headers: headers(), body: JSON.stringify(REQUEST) };
  const { body } = await pool.request({ method: 'POST', ...request });
  readEnvelope(JSON.parse(await body.text()));
});
