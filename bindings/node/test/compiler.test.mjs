// @ts-check

/**
 * Tests the compiler's messages about mistakes in requests, and what the types cost it.
 *
 * The last line of a message names the wrong field. It describes one member of a union, which depends on the order of the
 * members. Versions from 7 on order them as `stableTypeOrdering` does before.
 */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

const FOLDER = fileURLToPath(new URL('types', import.meta.url));

const HEAD = "import { RecallNode, type UpdateRecallFlow, VoiceSource } from 'recallflow';\n";

/** The fields that every node requires, so that each mistake is made alone. */
const PLAYS = "source: VoiceSource.UPLOADED, voiceFileId: 'a.wav'";
const SMS = "hangUpSms: true, smsContent: 'Bye'";

/** Properties of a node with one mistake, and the fields that the message names. @type {[string, string][]} */
const MISTAKES = [
  ['source: VoiceSource.UPLOADED', 'voiceFileId'],
  ['source: VoiceSource.UPLOADED, hangUpSms: false, toSeat: false', 'voiceFileId'],
  [`source: VoiceSource.UPLOADED, ${SMS}, successPush: true, successPushTime: 5`, 'voiceFileId'],
  ["source: VoiceSource.REUPLOAD, uploadName: 'hello'", 'baseFile'],
  ["source: VoiceSource.REUPLOAD, baseFile: 'UklGRg=='", 'uploadName'],
  ["source: VoiceSource.TEXT_TO_SPEECH, lan: 'EN'", 'text'],
  ["source: 3, text: 'Hello'", 'lan'],
  ['source: 3', 'text, lan'],
  ["voiceFileId: 'a.wav'", 'source'],
  [`${PLAYS}, toSeat: true`, 'sipGroupId, outboundControl, calloutRate, toSeatType'],
  [`${PLAYS}, toSeat: true, sipGroupId: 1, outboundControl: 1, calloutRate: 1`, 'toSeatType'],
  [`${PLAYS}, toSeat: true, outboundControl: 1, calloutRate: 1, toSeatType: 1`, 'sipGroupId'],
  [`${PLAYS}, toSeat: true, sipGroupId: 1, outboundControl: 1, toSeatType: 2, toSeatKey: '0'`, 'calloutRate'],
  [`${PLAYS}, hangUpSms: true`, 'smsContent'],
  [`${PLAYS}, hangUpSms: true, ringPush: true`, 'smsContent'],
  [`${PLAYS}, hangUpSms: true, successPush: true, successPushTime: 5`, 'smsContent'],
  [`${PLAYS}, speakingrate: 1`, 'speakingrate'],
  ["source: VoiceSource.UPLOADED, voiceFileID: 'a.wav'", 'voiceFileID'],
];

/** Programs that hold the properties. @type {[string, (properties: string) => string | undefined][]} */
const PLACES = [
  ['a node', (properties) => `export const node: RecallNode = { ${properties} };`],
  [
    'a list',
    (properties) =>
      `export const update: UpdateRecallFlow =
         { keyId: 1, recallInterval: 1, recallNum: 1, recallType: 0, nodeList: [{ ${properties} }] };`,
  ],
  [
    'a constructor',
    (properties) =>
      properties.startsWith(`${PLAYS}, `)
        ? `export const node = RecallNode.uploaded('a.wav', { ${properties.slice(PLAYS.length + 2)} });`
        : undefined,
  ],
];

/**
 * Returns the compiler's messages about each program.
 *
 * @param {Map<string, string>} programs
 * @param {ts.CompilerOptions} further
 */
function reportOn(programs, further) {
  const config = ts.getParsedCommandLineOfConfigFile(join(FOLDER, 'tsconfig.json'), further, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => assert.fail(String(messageText)),
  });
  const options = { ...config?.options, types: [], skipLibCheck: true };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (file) => programs.has(file) || fileExists(file);
  host.readFile = (file) => programs.get(file) ?? readFile(file);
  const { getSourceFile } = host;
  host.getSourceFile = (file, ...rest) => {
    const text = programs.get(file);
    return text === undefined ? getSourceFile(file, ...rest) : ts.createSourceFile(file, text, rest[0]);
  };
  const program = ts.createProgram([...programs.keys()], options, host);
  return [...programs.keys()].map((file) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
      .join('\n'),
  );
}

/**
 * Returns the fields that the last line of a message names.
 *
 * @param {string} message
 */
function fieldsNamedBy(message) {
  const last = message.split('\n').at(-1) ?? '';
  const [, one, stranger, several] =
    /Property '(\w+)' is missing|'(\w+)' does not exist|is missing the following properties .*: ([\w, ]+)$/.exec(
      last,
    ) ?? [];
  return one ?? stranger ?? several ?? last;
}

for (const [version, options] of /** @type {[string, ts.CompilerOptions][]} */ ([
  ['to 6', {}],
  ['from 7 on', { stableTypeOrdering: true }],
])) {
  suite(`versions ${version} name the mistake in`, () => {
    const cases = PLACES.flatMap(([place, program]) =>
      MISTAKES.map(([properties, fields]) => ({ place, properties, fields, text: program(properties) })),
    ).filter(({ text }) => text !== undefined);
    const file = (/** @type {number} */ index) => join(FOLDER, `mistake-${index}.ts`);
    const reported = reportOn(new Map(cases.map(({ text }, index) => [file(index), HEAD + text])), options);
    cases.forEach(({ place, properties, fields }, index) => {
      test(`${place}: ${properties}`, () => {
        assert.equal(fieldsNamedBy(reported[index] ?? ''), fields, reported[index]);
      });
    });
  });
}

/**
 * Returns how the compiler shows the members that remain possible for a source.
 *
 * @param {string} source
 */
function remainingMembers(source) {
  const others = ['WithoutToSeat', 'WithToSeat', 'WithoutToSeat'];
  return [
    `(RecallNodeFields & RecallNodeWithSource${source} & RecallNodeWithHangUpSms & RecallNodeWithToSeat)`,
    ...others.map((last) => `(RecallNodeFields & ... 2 more ... & RecallNode${last})`),
  ].join(' | ');
}

/** Three typical mistakes, with the lines of the whole message. @type {[string, string, string[]][]} */
const MESSAGES = [
  [
    'a text without its language',
    "export const node: RecallNode = { source: VoiceSource.TEXT_TO_SPEECH, text: 'Hello' };",
    [
      "Type '{ source: 3; text: string; }' is not assignable to type 'RecallNode'.",
      `  Type '{ source: 3; text: string; }' is not assignable to type '${remainingMembers('TextToSpeech')}'.`,
      "    Type '{ source: 3; text: string; }' is not assignable to type 'RecallNodeFields & RecallNodeWithSourceTextToSpeech & RecallNodeWithoutHangUpSms & RecallNodeWithoutToSeat'.",
      "      Property 'lan' is missing in type '{ source: 3; text: string; }' but required in type 'RecallNodeWithSourceTextToSpeech'.",
    ],
  ],
  [
    'a hang-up SMS without a text',
    "export const node = RecallNode.uploaded('a.wav', { hangUpSms: true });",
    [
      "Argument of type '{ hangUpSms: true; }' is not assignable to parameter of type 'RecallNodeUploadedOptions | undefined'.",
      `  Type '{ hangUpSms: true; }' is not assignable to type '(Omit<RecallNodeFields, "source" | "voiceFileId"> & RecallNodeWithHangUpSms & RecallNodeWithToSeat) | (Omit<...> & ... 1 more ... & RecallNodeWithoutToSeat)'.`,
      `    Type '{ hangUpSms: true; }' is not assignable to type 'Omit<RecallNodeFields, "source" | "voiceFileId"> & RecallNodeWithHangUpSms & RecallNodeWithoutToSeat'.`,
      "      Property 'smsContent' is missing in type '{ hangUpSms: true; }' but required in type 'RecallNodeWithHangUpSms'.",
    ],
  ],
  [
    'a misspelt field',
    "export const node: RecallNode = { source: 1, voiceFileId: 'a.wav', senderID: 'me' };",
    [
      `Object literal may only specify known properties, but 'senderID' does not exist in type '${remainingMembers('Uploaded')}'. Did you mean to write 'senderId'?`,
    ],
  ],
];

suite('the whole message names what is wrong for', () => {
  const file = (/** @type {number} */ index) => join(FOLDER, `message-${index}.ts`);
  const reported = reportOn(new Map(MESSAGES.map(([, text], index) => [file(index), HEAD + text])), {});
  MESSAGES.forEach(([name, , lines], index) => {
    test(name, () => {
      assert.equal(reported[index], lines.join('\n'));
    });
  });
});

/**
 * Returns what the compiler needs for a program: its number of types, and megabytes of memory.
 *
 * @param {string} name
 */
function compilerCost(name) {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--skipLibCheck',
    '--strict',
    '--target',
    'es2023',
    '--module',
    'node16',
  ];
  const file = join(FOLDER, 'cost', `${name}.ts`);
  const report = execFileSync(process.execPath, [compiler, ...options, '--extendedDiagnostics', file], {
    encoding: 'utf8',
  });
  const figure = (/** @type {string} */ label) => Number(new RegExp(`${label}: +(\\d+)`).exec(report)?.[1]);
  return { types: figure('Types'), memory: figure('Memory used') / 1024 };
}

test('spreading a node over another costs the compiler little', () => {
  const [base, spread] = [compilerCost('import'), compilerCost('spread')];
  const types = spread.types - base.types;
  assert.ok(types <= 1000, `${types} types`);
  const memory = spread.memory - base.memory;
  assert.ok(memory <= 50, `${memory} MB`);
});

test('no generated name is longer than 40 characters', () => {
  const folder = fileURLToPath(new URL('../ts/generated', import.meta.url));
  const sources = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  assert.deepEqual(sources.join('\n').match(/\b\w{41,}\b/g), null);
});
