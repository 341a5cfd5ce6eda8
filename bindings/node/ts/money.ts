/** Amounts of money. */

import { native } from './native.js';

/** An amount of money with its currency. */
export class Fee {
  /** The amount as decimal text with all its digits, because a number would round it. */
  readonly amount: string;
  /** The currency in parentheses, if there is one. */
  readonly currency: string | undefined;

  constructor(amount: string, currency?: string) {
    this.amount = amount;
    this.currency = currency;
  }

  /**
   * Parses an amount with or without a currency in parentheses, such as `0.034827(USD)` and `0.125000`.
   *
   * Returns `undefined` if the text is absent, or is not plain decimal notation with at most 28 significant digits, or 29 that
   * fit 96 bits.
   */
  static parse(text: string | null | undefined): Fee | undefined {
    const found = typeof text === 'string' ? native.parseFee(text) : null;
    return found === null ? undefined : new Fee(found.amount, found.currency ?? undefined);
  }

  /** Returns the text of the service, such as `0.034827(USD)`. */
  toString(): string {
    return this.currency === undefined ? this.amount : `${this.amount}(${this.currency})`;
  }
}

/** The sum of one kind of fee over many tasks. */
export class FeeTotal {
  /** Sums by currency as decimal text; fees without a currency are under the empty name. */
  readonly amounts: Readonly<Record<string, string>>;
  /** Number of fees that were added. */
  readonly counted: number;
  /** Number of fees that could not be parsed or added. */
  readonly unreadable: number;
  /** Number of tasks without this fee. */
  readonly missing: number;

  constructor(amounts: Readonly<Record<string, string>>, counted = 0, unreadable = 0, missing = 0) {
    this.amounts = amounts;
    this.counted = counted;
    this.unreadable = unreadable;
    this.missing = missing;
  }

  /**
   * Returns the sum in one currency as decimal text; `0` without such fees.
   *
   * @param currency - The currency as the service writes it, such as `'USD'`; `undefined` for fees without one.
   */
  amount(currency: string | undefined): string {
    const name = currency ?? '';
    return Object.hasOwn(this.amounts, name) ? (this.amounts[name] ?? '0') : '0';
  }
}
