// @ts-check

/** Helpers for tests that run a program in a separate process. */

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

/** Folder of the package, in which programs can import it by name. */
export const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

/** Whether repeated tests run as often as the project promises, which needs a release build. */
export const IS_FULL = process.env.RECALLFLOW_TEST_FULL !== undefined;

/** Milliseconds that no step takes, even on a busy machine. */
export const STEP_TIMEOUT = 30_000;

/** Options of tests that read `/proc`. */
export const NEEDS_PROC = { skip: process.platform === 'linux' ? false : 'this system has no /proc' };

/** The beginning of every program. */
const PREAMBLE = `
import { readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const QUERY = { strTime: '2024-01-01 00:00:00', endTime: '2024-06-03 15:13:01', size: 100 };
const UPDATE = { keyId: 299, recallInterval: 45, recallNum: 2, recallType: 0 };
`;
const IMPORT = "import * as rf from 'recallflow';\n";

/**
 * Options of a program. `isLoaded`: it begins with the package as `rf`.
 *
 * @typedef {{ sandbox?: Sandbox, options?: string[], variables?: NodeJS.ProcessEnv, isLoaded?: boolean }} ProgramOptions
 *
 * @typedef {{ status: number | null, signal: string | null, output: string, errors: string }} Exit
 */

/** A running program. */
export class Program {
  #process;
  #lines;
  #errors;
  #ended;

  /**
   * @param {string} program - The text of a module.
   * @param {ProgramOptions} [how]
   */
  constructor(program, { sandbox, options = [], variables = {}, isLoaded = true } = {}) {
    const environment = { ...process.env, ...variables };
    // Otherwise the program reports to the test runner.
    delete environment.NODE_TEST_CONTEXT;
    if (sandbox !== undefined) {
      environment.RECALLFLOW_API_KEY = sandbox.apiKey;
      environment.RECALLFLOW_API_SECRET = sandbox.apiSecret;
      environment.RECALLFLOW_BASE_URL = sandbox.url;
    }
    const module = (isLoaded ? IMPORT : '') + PREAMBLE + program;
    this.#process = spawn(process.execPath, [...options, '--input-type=module', '--eval', module], {
      cwd: PACKAGE,
      env: environment,
      timeout: 20 * STEP_TIMEOUT,
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
  async waitForLine(word) {
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

  /** Writes the line for which the program waits. */
  sendLine() {
    this.#process.stdin.write('go on\n');
  }

  /**
   * Sends a signal.
   *
   * @param {NodeJS.Signals} signal
   */
  sendSignal(signal) {
    this.#process.kill(signal);
  }

  /**
   * Waits for the end of the program, and returns its exit and its unread output.
   *
   * @returns {Promise<Exit>}
   */
  async waitForExit() {
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

  /** Kills the program if it is still running. */
  async kill() {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}

/**
 * Starts a program, and kills it at the end of the test.
 *
 * @param {TestContext} t
 * @param {string} program
 * @param {ProgramOptions} [how]
 */
export function startProgram(t, program, how) {
  const running = new Program(program, how);
  t.after(() => running.kill());
  return running;
}

/**
 * Returns the output of a program that must succeed without warnings.
 *
 * @param {TestContext} t
 * @param {string} program
 * @param {ProgramOptions} [how]
 */
export async function outputOf(t, program, how) {
  const { output, ...ended } = await startProgram(t, program, how).waitForExit();
  assert.deepEqual(ended, { status: 0, signal: null, errors: '' }, output);
  return output;
}
