/** The headers of a request, as a user makes them. */

import { createHash } from 'node:crypto';

import { API_KEY, API_SECRET } from './fixture.mjs';

/** Signs with the time of now. */
export function headers() {
  const timestamp = String(Math.floor(Date.now() / 1000));
  return {
    'Content-Type': 'application/json;charset=UTF-8',
    'Api-Key': API_KEY,
    Sign: createHash('md5').update(`${API_KEY}${API_SECRET}${timestamp}`).digest('hex'),
    Timestamp: timestamp,
  };
}
