/** The requests that a sandbox received. */

import { parseExactly } from './bigints.js';
import type { RecordedRequest as Fields } from './generated/sandbox.js';

// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging, @typescript-eslint/no-empty-object-type -- the constructor assigns all fields
export interface RecordedRequest extends Fields {}

/** A request that a sandbox received, and the response to it. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- see above
export class RecordedRequest {
  /** @internal */
  constructor({ time, ...fields }: Omit<Fields, 'time'> & { time: number }) {
    Object.assign(this, fields, { time: new Date(time) });
  }

  /** Returns the value of a header, and ignores the case of its name. */
  header(name: string): string | undefined {
    return this.headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];
  }

  /**
   * Parses the body as JSON. An integer beyond 2^53 is a bigint.
   *
   * @throws SyntaxError if it is not JSON, or was cut off.
   */
  json(): unknown {
    return parseExactly(this.body);
  }
}
