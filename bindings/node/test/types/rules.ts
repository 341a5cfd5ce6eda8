/**
 * What the compiler says about the rules of requests; it reads this file, and nothing runs it.
 *
 * The rules are written by hand from the documents: each has an example that is accepted and one that is refused for this
 * rule alone. A refusal that does not come is an error.
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
  type RecallNodeDetail,
  type UpdateRecallFlow,
} from 'recallflow';

declare function node(...nodes: RecallNode[]): void;
declare function update(...updates: UpdateRecallFlow[]): void;
declare function query(...queries: GroupCallQuery[]): void;

/** What is required of every node, so that each rule below can be tried on its own. */
const plays = { source: VoiceSource.UPLOADED, voiceFileId: 'file.wav' };
/** A transfer to agents with all that it requires. */
const seat = { toSeat: true, sipGroupId: 1, outboundControl: OutboundControl.PROPORTIONAL, calloutRate: 1 } as const;

export function sourceDecidesWhatIsPlayed(): void {
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
  // @ts-expect-error undefined is nothing
  node({ source: 3, text: 'Hello', lan: undefined });
}

export function otherFieldsStayAllowed(): void {
  node({ source: 1, voiceFileId: 'file.wav', text: 'Hello', uploadName: 'hello', speakingRate: 0.5, accent: 44 });
  node({ source: 3, text: 'Hello', lan: 'EN', ssmlGender: VoiceGender.MALE, voiceFileId: undefined });
  // @ts-expect-error a misspelt field is none
  node({ source: 3, text: 'Hello', lan: 'EN', ssmlGendre: VoiceGender.MALE });
  // @ts-expect-error `ssmlGender` is 1 or 2
  node({ source: 3, text: 'Hello', lan: 'EN', ssmlGender: 3 });
  // @ts-expect-error flags are booleans
  node({ ...plays, toSeat: 0 });
  // @ts-expect-error `speakingRate` is a number
  node({ ...plays, speakingRate: '1' });
}

export function aHangUpSmsNeedsATextAndAnEvent(): void {
  node({ ...plays, hangUpSms: false });
  node({ ...plays, hangUpSms: true, smsContent: 'Bye', failedPush: true });
  node({ ...plays, hangUpSms: true, smsContent: 'Bye', feedbackPush: false, ringPush: true });
  node({ ...plays, hangUpSms: true, smsContent: 'Bye', feedbackPush: true, feedbackValue: '1' });
  node({ ...plays, hangUpSms: true, smsContent: 'Bye', successPush: true, successPushTime: 5 });
  // @ts-expect-error it requires `smsContent`
  node({ ...plays, hangUpSms: true, ringPush: true });
  // @ts-expect-error it requires an event
  node({ ...plays, hangUpSms: true, smsContent: 'Bye' });
  // @ts-expect-error an event that is off is none
  node({ ...plays, hangUpSms: true, smsContent: 'Bye', ringPush: false, failedPush: false });
}

export function eventsNeedTheirSettings(): void {
  node({ ...plays, feedbackPush: true, feedbackValue: '1', successPush: true, successPushTime: 5 });
  node({ ...plays, feedbackPush: false, successPush: false });
  // @ts-expect-error `feedbackPush` requires `feedbackValue`
  node({ ...plays, feedbackPush: true });
  // @ts-expect-error `successPush` requires `successPushTime`
  node({ ...plays, successPush: true });
  // @ts-expect-error also when they are the events of an SMS
  node({ ...plays, hangUpSms: true, smsContent: 'Bye', ringPush: true, successPush: true });
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
  // @ts-expect-error a transfer on a key press requires `toSeatKey`
  node({ ...plays, ...seat, toSeatType: SeatTransfer.KEYPRESS });
}

export function whatIsKnownOnlyWhenTheProgramRunsIsAcceptedWithAllThatItMayRequire(
  source: VoiceSource,
  [sms, press, success, transfer]: [boolean, boolean | undefined, boolean, boolean],
  toSeatType: SeatTransfer,
  number: number,
): void {
  const all = { voiceFileId: 'file.wav', uploadName: 'hello', baseFile: 'UklGRg==', text: 'Hello', lan: 'EN' };
  node({ ...all, source });
  node({ ...plays, hangUpSms: sms, smsContent: 'Bye', ringPush: true });
  node({ ...plays, feedbackPush: press, feedbackValue: '1', successPush: success, successPushTime: 5 });
  node({ ...plays, ...seat, toSeat: transfer, toSeatType, toSeatKey: '0' });
  node({
    ...plays,
    ...seat,
    hangUpSms: sms,
    smsContent: 'Bye',
    failedPush: true,
    feedbackPush: press,
    feedbackValue: '1',
    successPush: success,
    successPushTime: 5,
    toSeat: transfer,
    toSeatType,
    toSeatKey: '0',
  });
  // @ts-expect-error it may be 2 or 3
  node({ source, voiceFileId: 'file.wav' });
  // @ts-expect-error it may be any number
  node({ ...all, source: number });
  // @ts-expect-error it may be true
  node({ ...plays, hangUpSms: sms });
  // @ts-expect-error it may be a key press
  node({ ...plays, ...seat, toSeatType });
}

export function constructorsTakeWhatTheyDoNotSet(bytes: Uint8Array, path: URL, sms: boolean): void {
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
  // @ts-expect-error a number is no audio
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
  // @ts-expect-error a boolean is no text
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

export async function whatWasReadBecomesAnUpdate(client: Client, detail: RecallFlowDetail): Promise<void> {
  const same: UpdateRecallFlow = detail.toUpdate();
  same.recallInterval = 60;
  update(same, { ...same, recallNum: 2 }, { ...detail.toUpdate(), recallType: RecallType.FAILED });
  update({ ...same, nodeList: [...(same.nodeList ?? []), RecallNode.uploaded('file.wav')] });
  update({ ...same, nodeList: same.nodeList?.map((each) => ({ ...each, senderId: 'me' })) });
  await client.updateRecallFlow({ ...same, recallInterval: 30 }, { timeout: 5000 });
  // @ts-expect-error what the service answered is no update yet
  update(detail);
  // @ts-expect-error a copy has no method
  update({ ...detail }.toUpdate());
  // @ts-expect-error and is no flow that was read
  const copy: RecallFlowDetail = { ...detail };
  const { recallNum, ...rest } = detail;
  // @ts-expect-error as is the rest of one
  rest.toUpdate();
  // One that a test makes up has to have it.
  const made: RecallFlowDetail = { ...detail, recallNum, toUpdate: () => same };
  update(made.toUpdate());
}

export function whatTheServiceAnswersMayBeAnything(detail: RecallFlowDetail, round: RecallNodeDetail): void {
  const unknown: number | undefined = round.source;
  const named: boolean = detail.status === 0 && round.source === VoiceSource.UPLOADED;
  const nodes: readonly RecallNodeDetail[] = detail.nodeList;
  const extra: unknown = detail.extra['new'];
  // @ts-expect-error a number without a name may come
  const source: VoiceSource | undefined = round.source;
  // @ts-expect-error every field may be absent
  const text: string = round.text;
  // @ts-expect-error answers are read-only
  detail.recallNum = 1;
  // @ts-expect-error what is not documented is in `extra`
  console.log(round.new);
}
