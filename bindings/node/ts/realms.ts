/** Recognizes objects by their properties, because those of jsdom and of other realms are not instances of Node's classes. */

/** Returns whether a value is an `AbortSignal`. */
export function isSignal(value: unknown): value is AbortSignal {
  const signal = value as Partial<AbortSignal> | null | undefined;
  return typeof signal?.aborted === 'boolean' && typeof signal.addEventListener === 'function';
}

/** Returns whether a value is a `URL`. */
export function isUrl(value: unknown): value is URL {
  const url = value as Partial<URL> | null | undefined;
  return typeof url === 'object' && typeof url?.href === 'string' && typeof url.protocol === 'string';
}
