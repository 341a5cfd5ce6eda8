/** Loads the native module for this platform. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Root folder of this package. */
const ROOT = join(__dirname, '..');

/**
 * Loads the native module from this package's folder, where a build from source puts it, or else from the platform's package.
 *
 * The names of the packages are literals, because tools that copy only the files that a program needs, such as
 * `@vercel/nft`, look for literals. They are within `try`, because bundlers would report a missing package as an error.
 *
 * @throws Error with the platform, its C library and the remedy, if neither can be loaded.
 */
export function load(): unknown {
  const platform = platformOf();
  const failures: NodeJS.ErrnoException[] = [];
  try {
    return require(join(ROOT, `recallflow.${platform}.node`));
  } catch (error) {
    failures.push(asError(error));
  }
  try {
    switch (platform) {
      case 'darwin-arm64':
        return require('recallflow-darwin-arm64');
      case 'darwin-x64':
        return require('recallflow-darwin-x64');
      case 'linux-arm64-gnu':
        return require('recallflow-linux-arm64-gnu');
      case 'linux-arm64-musl':
        return require('recallflow-linux-arm64-musl');
      case 'linux-x64-gnu':
        return require('recallflow-linux-x64-gnu');
      case 'linux-x64-musl':
        return require('recallflow-linux-x64-musl');
      case 'win32-x64-msvc':
        return require('recallflow-win32-x64-msvc');
    }
  } catch (error) {
    failures.push(asError(error));
  }
  throw new Error(message(platform, failures), { cause: failures.at(-1) });
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
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

function message(platform: string, failures: readonly NodeJS.ErrnoException[]): string {
  const [system = platform, architecture = '', libc] = platform.split('-');
  const machine = `${system} on ${architecture}${libc === undefined || system !== 'linux' ? '' : ` with ${libc === 'gnu' ? 'glibc' : libc}`}`;
  const causes = failures.map((failure) => failure.message.split('\n', 1)[0] ?? '').filter((text) => text !== '');
  return `could not load the native module of recallflow for ${machine} (${platform}). ${remedy(platform, failures)}. (${causes.join('; ')})`;
}

function remedy(platform: string, failures: readonly NodeJS.ErrnoException[]): string {
  const name = `recallflow-${platform}`;
  const known = packages();
  const needed = failures.map(({ message }) => /\bGLIBC_([0-9.]+).* not found/.exec(message)?.[1]).find(Boolean);
  if (failures.some(({ code }) => code === 'ERR_DLOPEN_DISABLED')) {
    return 'This process does not permit native modules: start Node without `--no-addons`, also in `NODE_OPTIONS`, and add `--allow-addons` to `--permission`';
  }
  if (known.length > 0 && !known.includes(name)) {
    return `The supported platforms are ${known.map((other) => other.replace('recallflow-', '')).join(', ')}`;
  }
  if (needed !== undefined) {
    return `It needs glibc ${needed} or newer: use a newer system or container image`;
  }
  return (
    `Install it with \`npm install ${name}\`, or install recallflow again on this machine, without \`--omit=optional\` or ` +
    '`--no-optional`. If you use a bundler, mark recallflow as external, because a bundle cannot contain native modules'
  );
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
