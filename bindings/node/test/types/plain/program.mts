import { Client, RecallNode, totals, type EnvironmentOptions, type GroupCallQuery } from 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

/** Uses every kind of member. A type that only the declarations of Node define would be an error. */
export async function everyKindOfMember(options: EnvironmentOptions, query: GroupCallQuery): Promise<string> {
  const sandbox = await Sandbox.start({ seedFile: new URL('file:///seed.json') });
  const client = Client.fromEnv({ ...options, caFile: new URL('file:///authorities.pem') });
  const profiled: Client = Client.fromProfile('main', { timeout: 5000 });
  // @ts-expect-error The name of a profile is a text.
  Client.fromProfile({ timeout: 5000 });
  profiled.close();
  await client.updateRecallFlow({
    keyId: 299,
    recallInterval: 30,
    recallNum: 1,
    recallType: 0,
    nodeList: [RecallNode.reupload('hello', new Uint8Array())],
  });
  const tasks = client.groupCalls(query, { signal: AbortSignal.timeout(5000) });
  const { smsPayFee } = await totals(tasks);
  const closed: Promise<void>[] = [tasks[Symbol.asyncDispose](), client[Symbol.asyncDispose]()];
  await Promise.all(closed);
  sandbox[Symbol.dispose]();
  return smsPayFee.amount('USD');
}
