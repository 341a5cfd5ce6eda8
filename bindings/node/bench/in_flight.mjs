/** Whole calls, many in flight. */

import { clients } from './clients/all.mjs';
import * as report from './report.mjs';
import * as rounds from './rounds.mjs';
import { timesAsFast } from './targets.mjs';

const IN_FLIGHT = 64;

const SMALL_TIMES_AS_FAST = { undici: 1, fetch: 7 };
const PAGE_TIMES_AS_FAST = { undici: 2.5, fetch: 10, axios: 10 };

/**
 * Measures small answers, and pages.
 *
 * @param {string} baseUrl
 * @param {import('./options.mjs').Options} options
 */
export async function measure(baseUrl, options) {
  const all = [...clients(baseUrl, IN_FLIGHT)];
  const small = all.map(([name, api]) => rounds.share(name, IN_FLIGHT, api.small));
  const page = all.map(([name, api]) => rounds.share(name, IN_FLIGHT, api.page));
  const targets = [];
  for (const { title, contenders, bounds } of [
    { title: `small answer, ${String(IN_FLIGHT)} in flight`, contenders: small, bounds: SMALL_TIMES_AS_FAST },
    { title: `page of 100 records, ${String(IN_FLIGHT)} in flight`, contenders: page, bounds: PAGE_TIMES_AS_FAST },
  ]) {
    const rows = await rounds.measure(contenders, options);
    report.printRequests(title, rows);
    targets.push(...timesAsFast(title, rows, bounds));
  }
  return targets;
}
