// @ts-check

/**
 * Copies the files that `@vercel/nft` finds for programs with the installed package, and runs the copies.
 *
 * Run as `node test/trace.mjs INSTALLED COPY`: the folder with the installed package, and the folder for the copies.
 */

import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { nodeFileTrace } from '@vercel/nft';

const [installed = '', copy = ''] = process.argv.slice(2);

const CALL = `
async function main() {
  const sandbox = await Sandbox.start();
  const { keyId } = await sandbox.client().queryRecallFlowDetail(299);
  sandbox.close();
  if (keyId !== 299) throw new Error(\`expected flow 299, got \${keyId}\`);
}
main();
`;

const PROGRAMS = {
  'traced.mjs': `import 'recallflow';\nimport { Sandbox } from 'recallflow/sandbox';\n${CALL}`,
  'traced.cjs': `require('recallflow');\nconst { Sandbox } = require('recallflow/sandbox');\n${CALL}`,
};

for (const [name, program] of Object.entries(PROGRAMS)) {
  const [from, to] = [join(installed, name), join(copy, name)];
  writeFileSync(from, program);
  const { fileList } = await nodeFileTrace([from], { base: installed });
  for (const file of fileList) {
    cpSync(join(installed, file), join(to, file), { recursive: true });
  }
  execFileSync(process.execPath, [name], { cwd: to, stdio: 'inherit' });
}
