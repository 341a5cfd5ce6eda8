/** Whole calls, one after the other: sign, encode, send, receive, decode, read every field. */

import * as processes from './processes.mjs';
import * as report from './report.mjs';
import { timesAsFast } from './targets.mjs';

const SMALL_TIMES_AS_FAST = { undici: 1 };
const PAGE_TIMES_AS_FAST = { undici: 2 };

/**
 * Measures small answers, and pages.
 *
 * @param {string} baseUrl
 * @param {import('./options.mjs').Options} options
 */
export async function measure(baseUrl, options) {
  const targets = [];
  for (const { title, call, bounds } of /** @type {const} */ ([
    { title: 'small answer, one at a time', call: 'small', bounds: SMALL_TIMES_AS_FAST },
    { title: 'page of 100 records, one at a time', call: 'page', bounds: PAGE_TIMES_AS_FAST },
  ])) {
    const rows = await processes.measure({ baseUrl, call, inFlight: 1, measure: 'whole' }, options);
    report.printRequests(title, rows);
    targets.push(...timesAsFast(title, rows, bounds));
  }
  return targets;
}
