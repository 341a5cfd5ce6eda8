/** Whole calls, many in flight. */

import * as processes from './processes.mjs';
import * as report from './report.mjs';
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
  const targets = [];
  for (const { title, call, bounds } of /** @type {const} */ ([
    { title: `small answer, ${String(IN_FLIGHT)} in flight`, call: 'small', bounds: SMALL_TIMES_AS_FAST },
    { title: `page of 100 records, ${String(IN_FLIGHT)} in flight`, call: 'page', bounds: PAGE_TIMES_AS_FAST },
  ])) {
    const rows = await processes.measure({ baseUrl, call, inFlight: IN_FLIGHT, measure: 'whole' }, options);
    report.printRequests(title, rows);
    targets.push(...timesAsFast(title, rows, bounds));
  }
  return targets;
}
