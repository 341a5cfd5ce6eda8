#!/usr/bin/env node
/** The sandbox on the command line: `npx recallflow-sandbox`. */

import { native } from './native.js';

for (const signal of ['SIGINT', 'SIGTERM']) {
  // The native module handles signals. A listener replaces Node's own handler, which would raise the signal again.
  process.on(signal, () => undefined);
}
process.exitCode = native.serveSandbox(process.argv.slice(2));
