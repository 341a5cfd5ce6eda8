/** The server, in a process of its own, so that its time is not the contenders'. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A running server, which ends when it is closed, or with this process. */
export class Server {
  #process;

  /**
   * @param {import('node:child_process').ChildProcess} process
   * @param {string} address Host and port.
   */
  constructor(process, address) {
    this.#process = process;
    /** Where it answers. */
    this.baseUrl = `http://${address}`;
  }

  /**
   * Starts it, and waits until it listens.
   *
   * @param {string} program
   */
  static async start(program) {
    const process = spawn(program, ['--serve'], { stdio: ['pipe', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: process.stdout })) {
      return new Server(process, line.trim());
    }
    throw new Error('the server does not start');
  }

  /** The number of its process. */
  get pid() {
    return this.#process.pid ?? 0;
  }

  /** Ends it. */
  close() {
    this.#process.kill();
  }
}
