// @ts-check

/**
 * What the compiler says about mistakes: the last line of an error names the field that is wrong.
 *
 * It explains a refusal by one of many alternatives, which depends on their order, and that on its version: from 7 on it
 * is what `stableTypeOrdering` makes it before.
 */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

const FOLDER = fileURLToPath(new URL('types', import.meta.url));

const HEAD = "import { RecallNode, type UpdateRecallFlow, VoiceSource } from 'recallflow';\n";

/** What is required of every node, so that each mistake can be made on its own. */
const PLAYS = "source: VoiceSource.UPLOADED, voiceFileId: 'a.wav'";
const SMS = "hangUpSms: true, smsContent: 'Bye'";

/** Properties of a node with one mistake, and the fields that are named. @type {[string, string][]} */
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
  [`${PLAYS}, toSeat: true, sipGroupId: 1, outboundControl: 1, calloutRate: 1, toSeatType: 2`, 'toSeatKey'],
  [`${PLAYS}, hangUpSms: true`, 'smsContent'],
  [`${PLAYS}, hangUpSms: true, ringPush: true`, 'smsContent'],
  [`${PLAYS}, hangUpSms: true, successPush: true, successPushTime: 5`, 'smsContent'],
  [`${PLAYS}, ${SMS}, successPush: true`, 'successPushTime'],
  [`${PLAYS}, ${SMS}, feedbackPush: true`, 'feedbackValue'],
  [`${PLAYS}, successPush: true`, 'successPushTime'],
  [`${PLAYS}, feedbackPush: true`, 'feedbackValue'],
  [`${PLAYS}, speakingrate: 1`, 'speakingrate'],
  ["source: VoiceSource.UPLOADED, voiceFileID: 'a.wav'", 'voiceFileID'],
];

/** Where the properties stand in a program. @type {[string, (properties: string) => string | undefined][]} */
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
 * What the compiler says about each program.
 *
 * @param {Map<string, string>} programs
 * @param {ts.CompilerOptions} further
 */
function messages(programs, further) {
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
 * The fields that the last line of an error names.
 *
 * @param {string} message
 */
function named(message) {
  const last = message.split('\n').at(-1) ?? '';
  const [, one, stranger, several] =
    /Property '(\w+)' is missing|'(\w+)' does not exist|is missing the following properties .*: ([\w, ]+)$/.exec(
      last,
    ) ?? [];
  return one ?? stranger ?? several ?? last;
}

for (const [version, further] of /** @type {[string, ts.CompilerOptions][]} */ ([
  ['to 6', {}],
  ['from 7 on', { stableTypeOrdering: true }],
])) {
  suite(`versions ${version} name the mistake in`, () => {
    const cases = PLACES.flatMap(([place, program]) =>
      MISTAKES.map(([properties, fields]) => ({ place, properties, fields, text: program(properties) })),
    ).filter(({ text }) => text !== undefined);
    const file = (/** @type {number} */ index) => join(FOLDER, `mistake-${index}.ts`);
    const said = messages(new Map(cases.map(({ text }, index) => [file(index), HEAD + text])), further);
    cases.forEach(({ place, properties, fields }, index) => {
      test(`${place}: ${properties}`, () => {
        assert.equal(named(said[index] ?? ''), fields, said[index]);
      });
    });
  });
}

test('a choice that was not made is named as one', () => {
  const text = `${HEAD}export const node: RecallNode = { ${PLAYS}, ${SMS} };`;
  const [message = ''] = messages(new Map([[join(FOLDER, 'mistake.ts'), text]]), {});
  assert.match(message, /'RecallNodeWithHangUpSmsChoiceOf(?:(?:Feedback|Success|Failed|Ring)Push(?:Or)?){4}'\.$/);
});
