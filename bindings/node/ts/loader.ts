/** Loads the native module for this platform. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Root folder of this package. */
const ROOT = join(__dirname, '..');

/**
 * Loads the native module from this package's folder, where a build from source puts it, or else from the platform's package.
 *
 * @throws Error with the platform, its C library and the remedy, if neither can be loaded.
 */
export function load(): unknown {
  const platform = platformOf();
  const failures: Error[] = [];
  for (const place of [join(ROOT, `recallflow.${platform}.node`), `recallflow-${platform}`]) {
    try {
      return require(place) as unknown;
    } catch (error) {
      failures.push(error instanceof Error ? error : new Error(String(error)));
    }
  }
  throw new Error(message(platform, failures), { cause: failures.at(-1) });
}

/** Returns the platform as in the names of the packages, such as `linux-x64-gnu`. */
function platformOf(): string {
  const { platform, arch } = process;
  switch (platform) {
    case 'linux':
      return `linux-${arch}-${isMusl() ? 'musl' : 'gnu'}`;
    case 'win32':
      return `win32-${arch}-msvc`;
    default:
      return `${platform}-${arch}`;
  }
}

function isMusl(): boolean {
  try {
    return readFileSync('/usr/bin/ldd', 'latin1').includes('musl');
  } catch {
    // This system does not have `ldd`. The report is slower.
    const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
    return report.header?.glibcVersionRuntime === undefined;
  }
}

function message(platform: string, failures: readonly Error[]): string {
  const [system = platform, architecture = '', libc] = platform.split('-');
  const machine = `${system} on ${architecture}${libc === undefined || system !== 'linux' ? '' : ` with ${libc === 'gnu' ? 'glibc' : libc}`}`;
  const known = packages();
  const name = `recallflow-${platform}`;
  const isKnown = known.length === 0 || known.includes(name);
  const remedy = isKnown
    ? `Install it with \`npm install ${name}\`, or install recallflow again on this machine, without \`--omit=optional\` or ` +
      '`--no-optional`. If you use a bundler, mark recallflow as external, because a bundle cannot contain native modules'
    : `The supported platforms are ${known.map((other) => other.replace('recallflow-', '')).join(', ')}`;
  const causes = failures.map((failure) => failure.message.split('\n', 1)[0] ?? '').filter((text) => text !== '');
  return `could not load the native module of recallflow for ${machine} (${platform}). ${remedy}. (${causes.join('; ')})`;
}

/** Returns the names of the platform packages of this version. */
function packages(): string[] {
  try {
    const text = readFileSync(join(ROOT, 'package.json'), 'utf8');
    const { optionalDependencies = {} } = JSON.parse(text) as { optionalDependencies?: Record<string, string> };
    return Object.keys(optionalDependencies).filter((name) => name.startsWith('recallflow-'));
  } catch {
    // A bundler moved the code, so that `package.json` is missing or another package's.
    return [];
  }
}
