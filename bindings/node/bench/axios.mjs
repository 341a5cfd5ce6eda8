/** axios, with an agent that keeps connections. */

import { Agent } from 'node:http';

import axios from 'axios';

import { BASE_URL, IN_FLIGHT, PATH, REQUEST, TIMEOUT, headers, readEnvelope, run } from './contender.mjs';

const httpAgent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
const client = axios.create({ baseURL: BASE_URL, httpAgent, timeout: TIMEOUT });

await run(async () => {
  const { data } = await client.post(PATH, REQUEST, { headers: headers() });
  readEnvelope(data);
});
