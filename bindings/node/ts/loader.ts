/** Finds the native module for this machine. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where this package is. */
const HOME = join(__dirname, '..');

/**
 * Loads the native module: the one beside this package if it was built there, or else that of the platform's package.
 *
 * @throws Error that names the platform, its libc and the remedy, if there is none.
 */
export function load(): unknown {
  const platform = platformOf();
  const failures: Error[] = [];
  for (const place of [join(HOME, `recallflow.${platform}.node`), `recallflow-${platform}`]) {
    try {
      return require(place) as unknown;
    } catch (error) {
      failures.push(error instanceof Error ? error : new Error(String(error)));
    }
  }
  throw new Error(explained(platform, failures), { cause: failures.at(-1) });
}

/** The platform as the names of the packages have it, such as `linux-x64-gnu`. */
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
    // A system without it; the report takes longer.
    const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
    return report.header?.glibcVersionRuntime === undefined;
  }
}

function explained(platform: string, failures: readonly Error[]): string {
  const [system = platform, architecture = '', libc] = platform.split('-');
  const machine = `${system} on ${architecture}${libc === undefined || system !== 'linux' ? '' : ` with ${libc === 'gnu' ? 'glibc' : libc}`}`;
  const known = packages();
  const name = `recallflow-${platform}`;
  const isKnown = known.length === 0 || known.includes(name);
  const remedy = isKnown
    ? `Install it with \`npm install ${name}\`, or install recallflow again without \`--omit=optional\` or \`--no-optional\`, ` +
      'and on this machine rather than copying node_modules from another one; a bundler has to leave recallflow out of the ' +
      'bundle, because native modules cannot be in one'
    : `There are packages for ${known.map((other) => other.replace('recallflow-', '')).join(', ')}`;
  const told = failures.map((failure) => failure.message.split('\n', 1)[0] ?? '').filter((text) => text !== '');
  return `recallflow has no native module for ${machine} (${platform}). ${remedy}. (${told.join('; ')})`;
}

/** The packages of platforms that belong to this version. */
function packages(): string[] {
  try {
    const text = readFileSync(join(HOME, 'package.json'), 'utf8');
    const { optionalDependencies = {} } = JSON.parse(text) as { optionalDependencies?: Record<string, string> };
    return Object.keys(optionalDependencies).filter((name) => name.startsWith('recallflow-'));
  } catch {
    // A bundler took the package apart: its file is elsewhere, or there is one of something else.
    return [];
  }
}
