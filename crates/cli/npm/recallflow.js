#!/usr/bin/env node
// Runs the program in the package of this platform, and ends with its exit code.
'use strict';

const { spawnSync } = require('node:child_process');

const platform = `${process.platform}-${process.arch}`;
const suffix = process.platform === 'win32' ? '.exe' : '';

/** Returns the path of the program; `undefined` if no package of this platform is installed. */
function findProgram() {
  for (const abi of ['', '-gnu', '-musl', '-msvc']) {
    try {
      return require.resolve(`recallflow-cli-${platform}${abi}/recallflow${suffix}`);
    } catch {
      // npm installs only the packages that match the machine.
    }
  }
  return undefined;
}

const program = findProgram();
if (program === undefined) {
  console.error(`recallflow-cli: there is no program for ${platform}; install the package without --omit=optional`);
  process.exit(1);
}
const { status, signal, error } = spawnSync(program, process.argv.slice(2), { stdio: 'inherit' });
if (error) {
  console.error(`recallflow-cli: ${error.message}`);
  process.exit(1);
}
if (signal) process.kill(process.pid, signal);
process.exit(status);
