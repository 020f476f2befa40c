// `npm run package`: makes the VSIX and lists what is in it. Needs no network.
import { readdir, rm } from 'node:fs/promises';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { ROOT } from './root.ts';

async function main(): Promise<void> {
  for (const name of await readdir(ROOT)) {
    if (name.endsWith('.vsix')) await rm(`${ROOT}/${name}`);
  }
  // The production build is vsce's own prepublish step.
  // There is no repository address yet that links could be made absolute with.
  await createVSIX({
    cwd: ROOT,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  for (const file of await listFiles({ cwd: ROOT, packageManager: PackageManager.None }))
    console.log(file);
}

await main();
