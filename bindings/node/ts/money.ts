/** Amounts of money. */

import { ConfigError, moveTo, siteOf, type Site } from './errors.js';
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

  /**
   * Returns the exact sum of two fees.
   *
   * @throws {@link ConfigError} if the other fee has another currency, or the sum has too many digits.
   */
  add(other: Fee): Fee {
    const site = siteOf(Fee.prototype.add);
    checkCurrency(this, other, site);
    const amount = native.addAmounts(this.amount, other.amount);
    if (amount === null) {
      throw moveTo(new ConfigError(`the sum of ${this.toString()} and ${other.toString()} has too many digits`), site);
    }
    return new Fee(amount, this.currency);
  }

  /**
   * Compares with another fee: negative if this one is less, 0 if both are equal, positive if it is more. Sorts lists:
   * `fees.sort((one, other) => one.compare(other))`.
   *
   * @throws {@link ConfigError} if the other fee has another currency.
   */
  compare(other: Fee): number {
    const site = siteOf(Fee.prototype.compare);
    checkCurrency(this, other, site);
    const order = native.compareAmounts(this.amount, other.amount);
    if (order === null) {
      throw moveTo(new ConfigError(`could not compare ${this.toString()} and ${other.toString()}`), site);
    }
    return order;
  }

  /** Returns the text of the service, such as `0.034827(USD)`. */
  toString(): string {
    return this.currency === undefined ? this.amount : `${this.amount}(${this.currency})`;
  }
}

function checkCurrency(one: Fee, other: Fee, site: Site): void {
  if (one.currency !== other.currency) {
    const [expected, got] = [one, other].map(({ currency }) => currency ?? 'no currency');
    throw moveTo(new ConfigError(`expected a fee in ${expected ?? ''}, got one in ${got ?? ''}`), site);
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

  /** Lists the sums as fees, such as `91.740498(USD), 2.5(EUR)`; `0` without fees. */
  toString(): string {
    const sums = Object.entries(this.amounts).map(([name, amount]) => new Fee(amount, name || undefined).toString());
    const text = sums.join(', ') || '0';
    return this.unreadable > 0 ? `${text}, ${this.unreadable} unreadable` : text;
  }
}
