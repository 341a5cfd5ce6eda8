// @ts-check

/** Programs that are watched while they run, each in a process of its own. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/**
 * @import { TestContext } from 'node:test'
 * @import { Sandbox } from 'recallflow/sandbox'
 */

/** Where the package is, so that programs find it by its name, as their users would. */
export const HOME = fileURLToPath(new URL('..', import.meta.url));

/** Whether tests that do something often do it as often as the project promises. That calls for a release build. */
export const IS_FULL = process.env.RECALLFLOW_TEST_FULL !== undefined;

/** Milliseconds that nothing takes, not even on a busy machine. */
export const PATIENCE = 30_000;

/** Of tests that look at threads, files and memory as Linux shows them. */
export const NEEDS_PROC = { skip: process.platform === 'linux' ? false : 'this system has no /proc' };

/** What every program begins with. */
const PREAMBLE = `
import { readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const QUERY = { strTime: '2024-01-01 00:00:00', endTime: '2024-06-03 15:13:01', size: 100 };
const UPDATE = { keyId: 299, recallInterval: 45, recallNum: 2, recallType: 0 };

function say(...words) {
  console.log(...words);
}
`;
const IMPORT = "import * as rf from 'recallflow';\n";

/**
 * How a program is run; `isLoaded` tells whether it begins with the package as `rf`.
 *
 * @typedef {{ sandbox?: Sandbox, options?: string[], variables?: NodeJS.ProcessEnv, isLoaded?: boolean }} How
 *
 * @typedef {{ status: number | null, signal: string | null, output: string, errors: string }} Ended
 */

/** A running program. */
export class Program {
  #process;
  #lines;
  #errors;
  #ended;

  /**
   * @param {string} program - The text of a module.
   * @param {How} [how]
   */
  constructor(program, { sandbox, options = [], variables = {}, isLoaded = true } = {}) {
    const environment = { ...process.env, ...variables };
    // It would have the program report to the test runner.
    delete environment.NODE_TEST_CONTEXT;
    if (sandbox !== undefined) {
      environment.RECALLFLOW_API_KEY = sandbox.apiKey;
      environment.RECALLFLOW_API_SECRET = sandbox.apiSecret;
      environment.RECALLFLOW_BASE_URL = sandbox.url;
    }
    const module = (isLoaded ? IMPORT : '') + PREAMBLE + program;
    this.#process = spawn(process.execPath, [...options, '--input-type=module', '--eval', module], {
      cwd: HOME,
      env: environment,
      timeout: 20 * PATIENCE,
      killSignal: 'SIGKILL',
    });
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
    this.#errors = text(this.#process.stderr);
    this.#ended = once(this.#process, 'exit');
  }

  /**
   * Waits for a line that begins with this word, and returns the rest of it.
   *
   * @param {string} word
   */
  async hear(word) {
    for (;;) {
      const { done, value } = await this.#lines.next();
      if (done) {
        throw new Error(`the program ended before it said ${word}: ${await this.#errors}`);
      }
      if (value === word || value.startsWith(`${word} `)) {
        return value.slice(word.length + 1);
      }
    }
  }

  /** Lets the program go on: it waits for a line. */
  tell() {
    this.#process.stdin.write('go on\n');
  }

  /**
   * Waits for the program's end: how it ended, and what it wrote since it was heard last.
   *
   * @returns {Promise<Ended>}
   */
  async end() {
    this.#process.stdin.end();
    const lines = [];
    for (;;) {
      const { done, value } = await this.#lines.next();
      if (done) {
        break;
      }
      lines.push(value);
    }
    const [status, signal] = await this.#ended;
    return { status, signal, output: lines.join('\n'), errors: await this.#errors };
  }

  /** Ends the program if it did not end by itself. */
  async stop() {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}

/**
 * Runs a program that ends with the test at the latest.
 *
 * @param {TestContext} t
 * @param {string} program
 * @param {How} [how]
 */
export function run(t, program, how) {
  const running = new Program(program, how);
  t.after(() => running.stop());
  return running;
}

/**
 * What a program prints that ends well and complains of nothing.
 *
 * @param {TestContext} t
 * @param {string} program
 * @param {How} [how]
 */
export async function finish(t, program, how) {
  const { output, ...ended } = await run(t, program, how).end();
  assert.deepEqual(ended, { status: 0, signal: null, errors: '' }, output);
  return output;
}
