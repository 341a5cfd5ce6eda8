/** Names of the values of enums. */

/**
 * Returns the name of a number in an enum, or `undefined` if this version has no name for it.
 *
 * ```ts
 * nameOf(TaskStatus, 2); // 'FINISHED'
 * ```
 *
 * @param values - The enum.
 * @param value - The number.
 */
export function nameOf<E extends Readonly<Record<string, number>>>(
  values: E,
  value: number | undefined,
): Extract<keyof E, string> | undefined {
  const names = Object.keys(values) as Extract<keyof E, string>[];
  return names.find((name) => values[name] === value);
}
