// @ts-check

/** Tests the constructors of nodes. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { InvalidRequestError, RecallNode, validate, VoiceSource } from 'recallflow';

import { thrownBy } from './support.mjs';

suite('constructors of nodes', () => {
  test('take an uploaded file', () => {
    const node = RecallNode.uploaded('f.wav', { ringPush: false });
    assert.deepEqual(node, { source: VoiceSource.UPLOADED, voiceFileId: 'f.wav', ringPush: false });
    assert.deepEqual(validate(node), []);
  });

  test('take a text', () => {
    const node = RecallNode.textToSpeech('Hello', 'EN', { speakingRate: 1.25 });
    assert.deepEqual(node, { source: VoiceSource.TEXT_TO_SPEECH, text: 'Hello', lan: 'EN', speakingRate: 1.25 });
    assert.deepEqual(validate(node), []);
  });

  test('take a file to send', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'recallflow-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'a.wav');
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
    writeFileSync(path, bytes);
    const part = new Uint8Array(new Uint8Array([9, ...bytes, 9]).buffer, 1, 300);
    for (const audio of [bytes, Buffer.from(bytes), part, path, pathToFileURL(path)]) {
      const node = RecallNode.reupload('reminder.wav', audio, { accent: 44 });
      assert.deepEqual(node, {
        source: VoiceSource.REUPLOAD,
        uploadName: 'reminder.wav',
        baseFile: Buffer.from(bytes).toString('base64'),
        accent: 44,
      });
      assert.deepEqual(validate(node), []);
    }
  });

  test('refuse anything but a file', () => {
    for (const audio of [
      '/no/such/file.wav',
      new URL('file:///no/such/file.wav'),
      tmpdir(),
      new URL('https://a.b/c'),
    ]) {
      const error = thrownBy(() => RecallNode.reupload('reminder.wav', audio));
      assert(error instanceof InvalidRequestError, String(error));
      assert.match(error.message, /^could not read the file of `baseFile`: /);
      assert.equal(error.violations[0]?.path, 'baseFile');
      assert(error.cause instanceof Error);
    }
    // A number would be an open file, such as standard input.
    for (const audio of [0, 5n, undefined, null, {}, new ArrayBuffer(1), Promise.resolve(Buffer.from(''))]) {
      const error = thrownBy(() => RecallNode.reupload('reminder.wav', /** @type {any} */ (audio)));
      assert(error instanceof InvalidRequestError, String(error));
      assert.match(error.message, /^`baseFile` must be a Uint8Array or the path of a file/);
    }
  });

  test('prefer their arguments to further fields', () => {
    const further = /** @type {any} */ ({ source: 1, text: 'other', lan: 'XX' });
    assert.deepEqual(RecallNode.textToSpeech('Hello', 'EN', further), { source: 3, text: 'Hello', lan: 'EN' });
  });
});
