/** The `fetch` that Node brings, whose connections are its own affair. */

import { headers } from '../signing.mjs';
import { TIMEOUT, plain } from './plain.mjs';

/** @param {string} baseUrl */
export function withFetch(baseUrl) {
  return plain(async (path, request) => {
    const response = await fetch(baseUrl + path, {
      method: 'POST',
      headers: headers(),
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(TIMEOUT),
    });
    return response.json();
  });
}
