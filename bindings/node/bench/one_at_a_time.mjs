/** Whole calls, one after the other: sign, encode, send, receive, decode, read every field. */

import { clients } from './clients/all.mjs';
import * as report from './report.mjs';
import * as rounds from './rounds.mjs';
import { timesAsFast } from './targets.mjs';

const SMALL_TIMES_AS_FAST = { undici: 1, fetch: 7 };
const PAGE_TIMES_AS_FAST = { undici: 2 };

/**
 * Measures small answers, and pages.
 *
 * @param {string} baseUrl
 * @param {import('./options.mjs').Options} options
 */
export async function measure(baseUrl, options) {
  const all = [...clients(baseUrl, 1)];
  const small = all.map(([name, api]) => rounds.repeat(name, api.small));
  const page = all.map(([name, api]) => rounds.repeat(name, api.page));
  const targets = [];
  for (const { title, contenders, bounds } of [
    { title: 'small answer, one at a time', contenders: small, bounds: SMALL_TIMES_AS_FAST },
    { title: 'page of 100 records, one at a time', contenders: page, bounds: PAGE_TIMES_AS_FAST },
  ]) {
    const rows = await rounds.measure(contenders, options);
    report.printRequests(title, rows);
    targets.push(...timesAsFast(title, rows, bounds));
  }
  return targets;
}
