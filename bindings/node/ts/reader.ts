/** Reads values that the native module has packed into numbers and one text; `src/pack.rs` describes the format. */

import { makeStringifiable } from './bigints.js';
import { native, type Packed } from './native.js';

/**
 * Fields of a response that are unknown, or whose value has the wrong type, by their names on the wire. An integer of more
 * than 64 bits is rounded to a number.
 */
export type Extra = Readonly<Record<string, unknown>>;

/** The `extra` of all responses without such fields. */
const NO_EXTRA: Extra = Object.freeze({});

const { SHORT_TEXT, ValueKind } = native;

/** Reads values in the order in which they were packed. An absent value is `undefined`. */
export class Reader {
  readonly #numbers: Float64Array;
  readonly #text: string;
  /** Position of the next number. */
  #next: number;
  /** Where the next text begins. */
  #textStart = 0;
  /** The short texts so far, to which later numbers may refer. */
  readonly #shortTexts: string[] = [];
  /** Whether the current object lacks a field or has a bigint. */
  #isUnusual = false;

  constructor(numbers: Float64Array, text: string, start = 0) {
    this.#numbers = numbers;
    this.#text = text;
    this.#next = start;
  }

  #number(): number {
    return this.#numbers[this.#next++] as number;
  }

  #slice(end: number): string {
    const text = this.#text.slice(this.#textStart, end);
    if (end - this.#textStart <= SHORT_TEXT) {
      this.#shortTexts.push(text);
    }
    this.#textStart = end;
    return text;
  }

  /** Returns whether a number marks an absent value, and remembers that the object lacks a field. */
  #isAbsent(value: number): boolean {
    const isAbsent = Number.isNaN(value);
    this.#isUnusual ||= isAbsent;
    return isAbsent;
  }

  number(): number | undefined {
    const value = this.#number();
    // The engine stores small integers without an allocation, but only if it knows that they are integers.
    const small = value | 0;
    if (small === value) {
      return small;
    }
    return this.#isAbsent(value) ? undefined : value;
  }

  /** Reads an integer, which is a bigint if a number cannot represent it. */
  id(): number | bigint | undefined {
    const value = this.number();
    if (value !== Infinity) {
      return value;
    }
    this.#isUnusual = true;
    return BigInt(this.#slice(this.#number()));
  }

  boolean(): boolean | undefined {
    const value = this.#number();
    return this.#isAbsent(value) ? undefined : value === 1;
  }

  text(): string | undefined {
    const end = this.#number();
    if (end < 0) {
      return this.#shortTexts[-1 - end];
    }
    return this.#isAbsent(end) ? undefined : this.#slice(end);
  }

  object<T>(read: (reader: Reader) => T): T | undefined {
    if (this.#isAbsent(this.#number())) {
      return undefined;
    }
    const isUnusual = this.#isUnusual;
    this.#isUnusual = false;
    const object = read(this);
    this.#isUnusual = isUnusual;
    return object;
  }

  objects<T>(read: (reader: Reader) => T): T[] {
    const count = this.#number();
    const items: T[] = [];
    const isUnusual = this.#isUnusual;
    for (let index = 0; index < count; index += 1) {
      this.#isUnusual = false;
      items.push(read(this));
    }
    this.#isUnusual = isUnusual;
    return items;
  }

  /**
   * Returns an object whose values were just read, without the properties that the response lacks.
   *
   * It takes one literal with all properties, because engines make such objects fast and most responses lack none.
   */
  row<T extends object>(literal: T): T {
    if (!this.#isUnusual) {
      return literal;
    }
    const row: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(literal)) {
      if (value !== undefined) {
        row[name] = value;
      }
    }
    return withBigints(row as T);
  }

  values<T>(read: (reader: Reader) => T | undefined): T[] {
    return withBigints(this.objects(read as (reader: Reader) => T));
  }

  extra(): Extra {
    const count = this.#number();
    return count === 0 ? NO_EXTRA : this.#members(count);
  }

  /** Reads a JSON value. An integer that a number cannot represent is a bigint. */
  any(): unknown {
    const kind = this.#number();
    switch (kind) {
      case ValueKind.Null:
        return null;
      case ValueKind.False:
        return false;
      case ValueKind.True:
        return true;
      case ValueKind.Number:
        return this.#number();
      case ValueKind.BigInt:
        return BigInt(this.#slice(this.#number()));
      case ValueKind.Text:
        return this.#slice(this.#number());
      case ValueKind.List:
        return this.values((reader) => reader.any());
      case ValueKind.Object:
        return this.#members(this.#number());
      default:
        throw new Error(`a bug of recallflow: expected the kind of a value, got ${kind}; please report it`);
    }
  }

  #members(count: number): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    for (let index = 0; index < count; index += 1) {
      const name = this.#slice(this.#number());
      const value = this.any();
      if (name === '__proto__') {
        // An assignment would change the prototype.
        Object.defineProperty(members, name, { value, configurable: true, enumerable: true, writable: true });
      } else {
        members[name] = value;
      }
    }
    return withBigints(members);
  }
}

/** Returns an object or array, which `JSON.stringify` can write even if one of its values is a bigint. */
function withBigints<T extends object>(holder: T): T {
  if (Object.values(holder).some((value) => typeof value === 'bigint')) {
    makeStringifiable(holder);
  }
  return holder;
}

/** Returns a reader of packed values. */
export function open({ numbers, text }: Packed): Reader {
  return new Reader(numbers, text);
}
