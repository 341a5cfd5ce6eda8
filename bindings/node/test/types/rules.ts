/**
 * Checks at compile time which requests the types accept. The compiler reads this file, and nothing runs it.
 *
 * The rules are written by hand from the vendor's documents. Each has an accepted example and one that breaks this rule
 * alone. An expected error that does not occur is an error itself.
 */

import {
  OutboundControl,
  RecallNode,
  RecallType,
  SeatTransfer,
  TaskStatus,
  TaskType,
  VoiceGender,
  VoiceSource,
  type Client,
  type GroupCallQuery,
  type RecallFlowDetail,
  type AgentRecallFlowDraft,
  type RecallFlowDraft,
  type RecallNodeDetail,
  type RecallNodeFields,
  type TaskStatusValue,
  type UpdateRecallFlow,
} from 'recallflow';

declare function node(...nodes: RecallNode[]): void;
declare function update(...updates: UpdateRecallFlow[]): void;
declare function query(...queries: GroupCallQuery[]): void;

/** The fields that every node requires, so that each rule below is tested alone. */
const plays = { source: VoiceSource.UPLOADED, voiceFileId: 'file.wav' };
/** A transfer to agents with everything that it requires except its type. */
const seat = { toSeat: true, sipGroupId: 1, outboundControl: OutboundControl.PROPORTIONAL, calloutRate: 1 } as const;

export function sourceDecidesWhichAudioIsRequired(): void {
  node({ source: 1, voiceFileId: 'file.wav' });
  node({ source: VoiceSource.REUPLOAD, uploadName: 'hello', baseFile: 'UklGRg==' });
  node({ source: 3, text: 'Hello', lan: 'EN' });
  // @ts-expect-error `source` is required
  node({ voiceFileId: 'file.wav' });
  // @ts-expect-error it is 1, 2 or 3
  node({ source: 4, voiceFileId: 'file.wav' });
  // @ts-expect-error 1 requires `voiceFileId`
  node({ source: 1 });
  // @ts-expect-error 2 requires `uploadName`
  node({ source: 2, baseFile: 'UklGRg==' });
  // @ts-expect-error 2 requires `baseFile`
  node({ source: VoiceSource.REUPLOAD, uploadName: 'hello' });
  // @ts-expect-error 3 requires `text` and `lan`
  node({ source: 3 });
  // @ts-expect-error 3 requires `text`
  node({ source: 3, lan: 'EN' });
  // @ts-expect-error 3 requires `lan`
  node({ source: VoiceSource.TEXT_TO_SPEECH, text: 'Hello' });
  // @ts-expect-error `undefined` does not count as present
  node({ source: 3, text: 'Hello', lan: undefined });
}

export function otherFieldsStayAllowed(): void {
  node({ source: 1, voiceFileId: 'file.wav', text: 'Hello', uploadName: 'hello', speakingRate: 0.5, accent: 44 });
  node({ source: 3, text: 'Hello', lan: 'EN', ssmlGender: VoiceGender.MALE, voiceFileId: undefined });
  // @ts-expect-error a misspelt field is unknown
  node({ source: 3, text: 'Hello', lan: 'EN', ssmlGendre: VoiceGender.MALE });
  // @ts-expect-error `ssmlGender` is 1 or 2
  node({ source: 3, text: 'Hello', lan: 'EN', ssmlGender: 3 });
  // @ts-expect-error flags are booleans
  node({ ...plays, toSeat: 0 });
  // @ts-expect-error `speakingRate` is a number
  node({ ...plays, speakingRate: '1' });
}

export function aHangUpSmsNeedsAText(): void {
  node({ ...plays, hangUpSms: false });
  node({ ...plays, hangUpSms: true, smsContent: 'Bye', failedPush: true });
  node({ ...plays, hangUpSms: true, smsContent: 'Bye', feedbackPush: true, feedbackValue: '1' });
  // @ts-expect-error it requires `smsContent`
  node({ ...plays, hangUpSms: true, ringPush: true });
}

export function aTransferNeedsItsSettings(): void {
  node({ ...plays, ...seat, toSeatType: SeatTransfer.AFTER_CALL });
  node({ ...plays, ...seat, toSeatType: 2, toSeatKey: '0' });
  node({ ...plays, toSeat: false, toSeatType: SeatTransfer.KEYPRESS });
  // @ts-expect-error `toSeat` requires four fields
  node({ ...plays, toSeat: true });
  // @ts-expect-error it requires `sipGroupId`
  node({ ...plays, toSeat: true, outboundControl: 1, calloutRate: 1, toSeatType: 1 });
  // @ts-expect-error it requires `outboundControl`
  node({ ...plays, toSeat: true, sipGroupId: 1, calloutRate: 1, toSeatType: 1 });
  // @ts-expect-error `outboundControl` is 1
  node({ ...plays, toSeat: true, sipGroupId: 1, outboundControl: 2, calloutRate: 1, toSeatType: 1 });
  // @ts-expect-error it requires `calloutRate`
  node({ ...plays, toSeat: true, sipGroupId: 1, outboundControl: 1, toSeatType: 1 });
  // @ts-expect-error it requires `toSeatType`
  node({ ...plays, ...seat });
  // @ts-expect-error `toSeatType` is 1 or 2
  node({ ...plays, ...seat, toSeatType: 3 });
}

/** `validate` checks these; as types, they would multiply the members of the union. */
export function otherRulesAreCheckedAtRunTime(): void {
  node({ ...plays, hangUpSms: true, smsContent: 'Bye' });
  node({ ...plays, feedbackPush: true, successPush: true });
  node({ ...plays, ...seat, toSeatType: SeatTransfer.KEYPRESS });
}

export function aFlagKnownAtRunTimeIsAcceptedWithEverythingThatItMayRequire(
  source: VoiceSource,
  [sms, press, transfer]: [boolean, boolean | undefined, boolean],
  toSeatType: SeatTransfer,
): void {
  node({ ...plays, hangUpSms: sms, smsContent: 'Bye', ringPush: sms });
  node({ ...plays, feedbackPush: press, feedbackValue: '1' });
  node({ ...plays, ...seat, toSeat: transfer, toSeatType });
  node({ ...plays, ...seat, hangUpSms: sms, smsContent: 'Bye', toSeat: transfer, toSeatType });
  // @ts-expect-error it may be true
  node({ ...plays, hangUpSms: sms });
  // @ts-expect-error a source has to be narrowed, because each requires other fields
  node({ source, voiceFileId: 'file.wav' });
}

export function nodesAreBuiltGenericallyFromTheirFields(
  node: RecallNode,
  patch: Partial<RecallNodeFields>,
): RecallNodeFields {
  return { ...node, ...patch };
}

export function constructorsTakeTheFieldsThatTheyDoNotSet(bytes: Uint8Array, path: URL, sms: boolean): void {
  node(
    RecallNode.uploaded('file.wav'),
    RecallNode.reupload('hello', bytes),
    RecallNode.reupload('hello', 'file.wav', { senderId: 'me' }),
    RecallNode.reupload('hello', path),
    RecallNode.textToSpeech('Hello', 'EN', { speakingRate: 0.5, hangUpSms: true, smsContent: 'Bye', ringPush: true }),
    RecallNode.uploaded('file.wav', { hangUpSms: sms, smsContent: 'Bye', ringPush: true }),
    RecallNode.uploaded('file.wav', {}),
  );
  // @ts-expect-error `lan` is an argument
  RecallNode.textToSpeech('Hello');
  // @ts-expect-error a number is not audio
  RecallNode.reupload('hello', 5);
  // @ts-expect-error the source is set
  RecallNode.uploaded('file.wav', { source: 2 });
  // @ts-expect-error the rules hold for further fields
  RecallNode.uploaded('file.wav', { hangUpSms: true });
}

export function nodesAreBuiltStepByStep(sms: boolean): void {
  const built = RecallNode.uploaded('file.wav');
  built.hangUpSms = sms;
  built.smsContent = 'Bye';
  built.ringPush = true;
  const changed: RecallNode = { ...built, senderId: 'me' };
  const transferred: RecallNode = { ...built, ...seat, toSeatType: SeatTransfer.AFTER_CALL };
  const further = { hangUpSms: sms, smsContent: 'Bye', ringPush: true } as const;
  node(changed, transferred, { ...RecallNode.textToSpeech('Hello', 'EN'), ...further });
  if (changed.source === VoiceSource.TEXT_TO_SPEECH) {
    const text: string = changed.text;
    node({ source: 3, text, lan: changed.lan });
  }
  if (changed.hangUpSms) {
    const content: string = changed.smsContent;
    node({ ...changed, smsContent: content });
  }
  // @ts-expect-error `text` may be absent
  const text: string = changed.text;
  // @ts-expect-error a boolean is not a text
  built.smsContent = true;
}

export function updatesNeedTheirSettings(nodes: readonly RecallNode[]): void {
  update({ keyId: 299, recallInterval: 30, recallNum: 1, recallType: RecallType.ALL });
  update({ keyId: 299n, recallInterval: 30, recallNum: 1, recallType: 1, nodeList: nodes });
  const settings = { keyId: 299, recallInterval: 30, recallNum: 1, recallType: RecallType.ALL };
  update({ ...settings, nodeList: [{ source: 1, voiceFileId: 'a.wav' }] });
  // @ts-expect-error `keyId` is required
  update({ recallInterval: 30, recallNum: 1, recallType: 0 });
  // @ts-expect-error `recallInterval` is required
  update({ keyId: 299, recallNum: 1, recallType: 0 });
  // @ts-expect-error `recallNum` is required
  update({ keyId: 299, recallInterval: 30, recallType: 0 });
  // @ts-expect-error `recallType` is required
  update({ keyId: 299, recallInterval: 30, recallNum: 1 });
  // @ts-expect-error `recallType` is 0 or 1
  update({ keyId: 299, recallInterval: 30, recallNum: 1, recallType: 2 });
  // @ts-expect-error only `keyId` may be a bigint
  update({ keyId: 299, recallInterval: 30n, recallNum: 1, recallType: 0 });
  // @ts-expect-error a node obeys its own rules
  update({ ...settings, nodeList: [{ source: 3, text: 'Hello' }] });
}

export function unknownFieldsAreInExtra(): void {
  const settings = { keyId: 299, recallInterval: 30, recallNum: 1, recallType: RecallType.ALL };
  const nodeList = [RecallNode.uploaded('a.wav', { extra: { region: 'AE' } })];
  update({ ...settings, nodeList, extra: { priority: 3 } });
  // @ts-expect-error an unknown field stands in `extra`
  update({ ...settings, priority: 3 });
  // @ts-expect-error `extra` is an object
  update({ ...settings, extra: 3 });
}

export function queriesNeedASpan(status: TaskStatus): void {
  const span = { strTime: '2024-01-01 00:00:00', endTime: '2024-06-03 15:13:01' };
  query(span, { ...span, current: 2, size: 50, taskType: TaskType.AI_AGENT, statusList: [status, 2], idxAppId: 5n });
  query({ ...span, statusList: [TaskStatus.FINISHED, TaskStatus.CANCELLED] as const });
  // @ts-expect-error `strTime` is required
  query({ endTime: '2024-06-03 15:13:01' });
  // @ts-expect-error `endTime` is required
  query({ strTime: '2024-01-01 00:00:00' });
  // @ts-expect-error `taskType` is 3
  query({ ...span, taskType: TaskType.ORDINARY });
  // @ts-expect-error states are 0 to 6
  query({ ...span, statusList: [7] });
  // @ts-expect-error times are texts
  query({ ...span, strTime: new Date() });
}

export async function aResponseBecomesAnUpdate(client: Client, detail: RecallFlowDetail): Promise<void> {
  const draft: RecallFlowDraft = detail.toUpdate('UpdateRecallFlow');
  const either: RecallFlowDraft | AgentRecallFlowDraft = detail.toUpdate();
  // @ts-expect-error the flow may be one of another kind
  update(either);
  draft.recallInterval = 60;
  draft.nodeList?.push(RecallNode.uploaded('file.wav'));
  for (const each of draft.nodeList ?? []) {
    each.smsContent = 'Bye';
  }
  const same: UpdateRecallFlow = draft;
  update(same, { ...same, recallNum: 2 }, { ...detail.toUpdate('UpdateRecallFlow'), recallType: RecallType.FAILED });
  update({ ...same, nodeList: [...(same.nodeList ?? []), RecallNode.uploaded('file.wav')] });
  update({ ...same, nodeList: same.nodeList?.map((each) => ({ ...each, senderId: 'me' })) });
  await client.updateRecallFlow({ ...same, recallInterval: 30 }, { timeout: 5000 });
  // @ts-expect-error a response is not an update
  update(detail);
  // @ts-expect-error a copy does not have the method
  update({ ...detail }.toUpdate('UpdateRecallFlow'));
  // @ts-expect-error and is not a response
  const copy: RecallFlowDetail = { ...detail };
  const { recallNum, ...rest } = detail;
  // @ts-expect-error nor does the rest of one
  rest.toUpdate();
  // A response that a test makes needs the method.
  const made: RecallFlowDetail = { ...detail, recallNum, toUpdate: () => draft as never };
  update(made.toUpdate('UpdateRecallFlow'));
}

export function aResponseMayHoldUnknownNumbersAndLackFields(detail: RecallFlowDetail, round: RecallNodeDetail): void {
  const unknown: number | undefined = round.source;
  const named: boolean = detail.status === 0 && round.source === VoiceSource.UPLOADED;
  const nodes: readonly RecallNodeDetail[] = detail.nodeList;
  const extra: unknown = detail.extra['new'];
  const status: TaskStatusValue = Math.random() < 0.5 ? TaskStatus.FINISHED : 99;
  // @ts-expect-error a number without a name is possible
  const source: VoiceSource | undefined = round.source;
  // @ts-expect-error every field may be absent
  const text: string = round.text;
  // @ts-expect-error responses are read-only
  detail.recallNum = 1;
  // @ts-expect-error unknown fields are in `extra`
  console.log(round.new);
}

export async function anyOtherEndpointTakesAnObjectAndReturnsData(client: Client): Promise<void> {
  const { balance } = await client.call<{ balance: string }>('voice/balance', { currency: 'USD' });
  const text: string = balance;
  const data: unknown = await client.call('voice/number/add', [1n], { kind: 'update', timeout: 5000 });
  // @ts-expect-error a text is not a body
  await client.call('voice/balance', '{}');
  // @ts-expect-error there are two kinds
  await client.call('voice/balance', {}, { kind: 'read' });
  // @ts-expect-error data has no type of its own
  data.balance = text;
}
