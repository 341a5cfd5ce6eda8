/** The `fetch` of Node, which has a connection pool of its own. */

import { BASE_URL, PATH, REQUEST, TIMEOUT, headers, readEnvelope, run } from './contender.mjs';

await run(async () => {
  const response = await fetch(BASE_URL + PATH, {
    method: 'POST',
    headers: headers(),
    body: JSON.stringify(REQUEST),
    signal: AbortSignal.timeout(TIMEOUT),
  });
  readEnvelope(await response.json());
});
