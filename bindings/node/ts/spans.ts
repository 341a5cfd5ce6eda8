/** Time spans of whole days and months. */

import { siteOf } from './errors.js';
import { attempt } from './failures.js';
import { native } from './native.js';

/** A time span, in the time of the service, as two properties of the requests that read lists. */
export interface Span {
  /** The first second of the first day. */
  strTime: string;
  /** The last second of the last day. */
  endTime: string;
}

/**
 * Returns the time span of a month.
 *
 * ```ts
 * client.groupCalls({ ...spanOfMonth('2024-05') });
 * ```
 *
 * @param month - The month as `yyyy-MM`.
 * @throws {@link InvalidRequestError} if the text is not a month.
 */
export function spanOfMonth(month: string): Span {
  const [strTime, endTime] = attempt(() => native.spanOfMonth(textOf(month)), siteOf(spanOfMonth));
  return { strTime, endTime };
}

/**
 * Returns the time span of a day.
 *
 * @param day - The day as `yyyy-MM-dd`.
 * @throws {@link InvalidRequestError} if the text is not a day.
 */
export function spanOfDay(day: string): Span {
  const [strTime, endTime] = attempt(() => native.spanOfDay(textOf(day)), siteOf(spanOfDay));
  return { strTime, endTime };
}

/** Returns a value as text, because JavaScript may pass a number. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}
