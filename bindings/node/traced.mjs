import 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

async function main() {
  const sandbox = await Sandbox.start();
  const { keyId } = await sandbox.client().queryRecallFlowDetail(299);
  sandbox.close();
  if (keyId !== 299) throw new Error(`expected flow 299, got ${keyId}`);
}
main();
