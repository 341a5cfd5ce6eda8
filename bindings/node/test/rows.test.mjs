// @ts-check

/** Tests rows of tables, and files of rows. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { ConfigError, fromWire, toRow, writeCsv, writeJsonl } from 'recallflow';

import { sandboxFor } from './support.mjs';

const QUERY = { strTime: '2024-01-01 00:00:00', endTime: '2024-06-03 15:13:01' };

const TASK = fromWire(
  {
    taskId: 7,
    taskName: '=1+1',
    status: 2,
    taskType: 9,
    rate: '100',
    asr: '80.5',
    acd: '60s',
    createdTime: '2024-05-01 10:00:00',
    agentFee: '0.125000',
    taskSumPayFee: '0.159827(USD)',
    smsPayFee: 'free',
    new: 1,
  },
  'GroupCallTask',
);

/** @param {number} count */
function* tasks(count) {
  for (let taskId = 0; taskId < count; taskId += 1) {
    yield { ...TASK, taskId };
  }
}

/** The folder of a test, which is removed after it. */
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rows-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A stream that keeps what is written to it, and takes its time. */
class Slow extends Writable {
  /** @type {Buffer[]} */
  chunks = [];

  /**
   * @param {Buffer} chunk
   * @param {unknown} _encoding
   * @param {() => void} done
   * @override
   */
  _write(chunk, _encoding, done) {
    this.chunks.push(chunk);
    setImmediate(done);
  }

  text() {
    return Buffer.concat(this.chunks).toString();
  }
}

suite('a row', () => {
  test('has plain values', () => {
    const row = toRow(TASK);
    const expected = {
      taskId: 7,
      taskName: '=1+1',
      status: 'finished',
      taskType: '9',
      rate: 100,
      asr: 80.5,
      acd: 60,
      createdTime: '2024-05-01 10:00:00',
      agentFee: 0.125,
      agentFeeCurrency: null,
      taskSumPayFee: 0.159827,
      taskSumPayFeeCurrency: 'USD',
      smsPayFee: null,
      smsPayFeeCurrency: null,
      success: null,
    };
    assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, row[name]])), expected);
    assert.deepEqual(Object.keys(row).slice(0, 3), ['taskId', 'taskName', 'status']);
    assert.deepEqual(Object.keys(toRow(fromWire({}, 'GroupCallTask'))), Object.keys(row));
  });

  test('keeps all digits of an ID', () => {
    assert.equal(toRow({ ...TASK, taskId: 9007199254740993n }).taskId, 9007199254740993n);
  });

  test('counts the items of a list', () => {
    const detail = fromWire({ keyId: 1, recallInterval: 5, nodeList: [{}, {}] }, 'RecallFlowDetail');
    assert.equal(toRow(detail).nodeListCount, 2);
    assert.equal(toRow({ ...TASK }, 'GroupCallTask').taskId, 7);
    // @ts-expect-error -- not a type
    assert.throws(() => toRow(TASK, 'Task'), ConfigError);
  });
});

suite('an export', () => {
  test('is CSV that Excel opens', async () => {
    const path = join(folder, 'tasks.csv');
    assert.equal(await writeCsv(tasks(2), path), 2);
    const text = readFileSync(path, 'utf8');
    const [head, first, second, rest] = text.split('\r\n');
    assert.equal(head, `\ufeff${Object.keys(toRow(TASK)).join(',')}`);
    assert(first?.startsWith("0,'=1+1,finished,100,"), first);
    assert(first?.includes(',0.125000,,'), first);
    assert(second?.startsWith('1,'));
    assert.equal(rest, '');
  });

  test('is JSON Lines of rows', async () => {
    const path = join(folder, 'tasks.jsonl');
    assert.equal(await writeJsonl([TASK], pathToFileURL(path)), 1);
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), toRow(TASK));
  });

  test('of an empty list has columns', async () => {
    const stream = new Slow();
    assert.equal(await writeCsv([], stream), 0);
    assert.equal(stream.text(), `\ufeff${Object.keys(toRow(TASK)).join(',')}\r\n`);
    const flows = new Slow();
    await writeCsv([], flows, { type: 'RecallFlow' });
    assert(flows.text().startsWith('\ufeffkeyId,taskId,'), flows.text());
  });

  test('of a list of the client has the columns of its items', async (t) => {
    const client = (await sandboxFor(t)).client();
    const path = join(folder, 'flows.csv');
    const count = (await client.recallFlows(QUERY).toList()).length;
    assert.equal(await writeCsv(client.recallFlows(QUERY), path), count);
    assert(readFileSync(path, 'utf8').startsWith('\ufeffkeyId,taskId,'));
    assert((await writeCsv(client.groupCalls(QUERY), path)) > 0);
    assert(readFileSync(path, 'utf8').startsWith('\ufefftaskId,'));
  });

  test('goes to a stream, whose error it passes on', async () => {
    const stream = new Slow();
    assert.equal(await writeJsonl(tasks(2000), stream), 2000);
    assert.equal(stream.text().trim().split('\n').length, 2000);
    assert(!stream.writableEnded);
    const broken = new Writable({
      write(_chunk, _encoding, done) {
        done(new Error('disk full'));
      },
    });
    await assert.rejects(writeCsv([TASK], broken), /disk full/);
  });

  test('reports its progress', async () => {
    /** @type {number[]} */
    const seen = [];
    await writeCsv(tasks(250), join(folder, 'tasks.csv'), { onProgress: (rows) => seen.push(rows) });
    await writeCsv([], join(folder, 'tasks.csv'), { onProgress: (rows) => seen.push(rows) });
    assert.deepEqual(seen, [100, 200, 250, 0]);
  });

  test('leaves the old file after an error', async () => {
    const path = join(folder, 'tasks.csv');
    writeFileSync(path, 'old');
    async function* failing() {
      yield* tasks(1000);
      throw new Error('stop');
    }
    await assert.rejects(writeCsv(failing(), path), /stop/);
    const fail = () => {
      throw new Error('stop');
    };
    await assert.rejects(writeJsonl(tasks(1000), path, { onProgress: fail }), /stop/);
    assert.equal(readFileSync(path, 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder), ['tasks.csv']);
    await assert.rejects(writeCsv([TASK], join(folder, 'missing', 'tasks.csv')), { code: 'ENOENT' });
  });

  test('replaces the file behind a link, and keeps its mode', { skip: process.platform === 'win32' }, async () => {
    const [file, link] = [join(folder, 'file.csv'), join(folder, 'link.csv')];
    writeFileSync(file, 'old');
    chmodSync(file, 0o640);
    symlinkSync(file, link);
    await writeCsv([TASK], link);
    assert(lstatSync(link).isSymbolicLink());
    assert.equal(statSync(file).mode & 0o777, 0o640);
    assert.notEqual(readFileSync(file, 'utf8'), 'old');
  });

  test('refuses what is not a list of tasks', async () => {
    // @ts-expect-error -- not a list
    await assert.rejects(writeCsv({ records: [] }, new Slow()), /pass the `records` of the page/);
    // @ts-expect-error -- not a task
    await assert.rejects(writeCsv([5], new Slow()), /expected a task at `tasks\[0\]`, got a number/);
  });

  test('of 100,000 tasks takes flat memory', () => {
    const program = `
      import { writeCsv } from 'recallflow';
      function* tasks(count) {
        for (let taskId = 0; taskId < count; taskId += 1) {
          yield { taskId, taskName: 'a name of a task', status: 2, rate: '100', taskSumPayFee: '0.159827(USD)', extra: {} };
        }
      }
      const peak = async (count) => {
        await writeCsv(tasks(count), process.argv[1]);
        return process.resourceUsage().maxRSS * 1024;
      };
      const before = await peak(10_000);
      console.log((await peak(100_000)) - before);
    `;
    const args = ['--max-semi-space-size=2', '--input-type=module', '-e', program, join(folder, 'tasks.csv')];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: import.meta.dirname });
    const growth = Number(stdout);
    // All rows together take 11 MB. The garbage collector may be late by a few.
    assert(stdout !== '' && growth < 8_000_000, `${growth} bytes ${stderr}`);
  });
});
