/** Reads what the native module packed: numbers and one text, one after the other. */

/** Fields of an answer that are not documented, or whose value does not have the documented type, by their wire names. */
export type Extra = Readonly<Record<string, unknown>>;

/** What every answer without further fields shares. */
const NO_EXTRA: Extra = Object.freeze({});

/** Texts of more units than this never come again. */
const SHORT = 12;

/** What is before a value of any kind, in the order of the native module. */
const enum Tag {
  Null,
  False,
  True,
  Number,
  BigInt,
  Text,
  List,
  Object,
}

/** Takes values in the order in which they were packed. Absent ones are `undefined`. */
export class Reader {
  readonly #numbers: Float64Array;
  readonly #text: string;
  #at: number;
  /** Where the next text begins. */
  #from = 0;
  /** The short texts that were read, some of which come again. */
  readonly #short: string[] = [];
  /** Whether the object that is being read lacks a field. */
  #lacks = false;

  constructor(numbers: Float64Array, text: string, at = 0) {
    this.#numbers = numbers;
    this.#text = text;
    this.#at = at;
  }

  /** The next number as it is; NaN stands for absent. */
  #next(): number {
    return this.#numbers[this.#at++] as number;
  }

  #slice(end: number): string {
    const text = this.#text.slice(this.#from, end);
    if (end - this.#from <= SHORT) {
      this.#short.push(text);
    }
    this.#from = end;
    return text;
  }

  /** Whether this number stands for absent. */
  #isAbsent(value: number): boolean {
    const isAbsent = Number.isNaN(value);
    this.#lacks ||= isAbsent;
    return isAbsent;
  }

  number(): number | undefined {
    const value = this.#next();
    // Small whole numbers take no memory of their own when the engine knows that they are some.
    const small = value | 0;
    if (small === value) {
      return small;
    }
    return this.#isAbsent(value) ? undefined : value;
  }

  boolean(): boolean | undefined {
    const value = this.#next();
    return this.#isAbsent(value) ? undefined : value === 1;
  }

  text(): string | undefined {
    const end = this.#next();
    if (end < 0) {
      return this.#short[-1 - end];
    }
    return this.#isAbsent(end) ? undefined : this.#slice(end);
  }

  object<T>(read: (reader: Reader) => T): T | undefined {
    return this.#isAbsent(this.#next()) ? undefined : this.#within(() => read(this));
  }

  objects<T>(read: (reader: Reader) => T): T[] {
    const count = this.#next();
    const items: T[] = [];
    const lacked = this.#lacks;
    for (let index = 0; index < count; index += 1) {
      this.#lacks = false;
      items.push(read(this));
    }
    this.#lacks = lacked;
    return items;
  }

  /** Reads what is within the object that is being read, which does not lack what that does. */
  #within<T>(read: () => T): T {
    const lacked = this.#lacks;
    this.#lacks = false;
    const value = read();
    this.#lacks = lacked;
    return value;
  }

  /**
   * An object whose values were just read, without the properties that the answer lacks.
   *
   * It comes as one literal with all of them because engines make these fast, and most answers lack nothing.
   */
  row<T extends object>(whole: T): T {
    if (!this.#lacks) {
      return whole;
    }
    const row: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(whole)) {
      if (value !== undefined) {
        row[name] = value;
      }
    }
    return row as T;
  }

  values<T>(read: (reader: Reader) => T | undefined): T[] {
    return this.objects(read as (reader: Reader) => T);
  }

  extra(): Extra {
    const count = this.#next();
    return count === 0 ? NO_EXTRA : this.#fields(count);
  }

  /** A value of any kind: JSON, and a bigint where no number stands for what is there. */
  any(): unknown {
    switch (this.#next() as Tag) {
      case Tag.Null:
        return null;
      case Tag.False:
        return false;
      case Tag.True:
        return true;
      case Tag.Number:
        return this.#next();
      case Tag.BigInt:
        return BigInt(this.#slice(this.#next()));
      case Tag.Text:
        return this.#slice(this.#next());
      case Tag.List:
        return this.objects((reader) => reader.any());
      case Tag.Object:
        return this.#fields(this.#next());
    }
  }

  #fields(count: number): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (let index = 0; index < count; index += 1) {
      const name = this.#slice(this.#next());
      const value = this.any();
      if (name === '__proto__') {
        // An assignment would change what the object inherits.
        Object.defineProperty(fields, name, { value, configurable: true, enumerable: true, writable: true });
      } else {
        fields[name] = value;
      }
    }
    return fields;
  }
}
