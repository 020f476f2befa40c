// `npm run package`: makes the VSIX, and lists what is in it and its checksum. Needs no network.
// With `--twice` it is made twice, elsewhere, and it is an error when the two differ.
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { ROOT } from './root.ts';

// The same source is to give the same bytes, whenever and wherever it is packed.
process.env.SOURCE_DATE_EPOCH ??= String(Date.UTC(2026, 0, 1) / 1000);
process.env.TZ = 'UTC';

/** Makes the package, in the project's own folder when no file is named. */
async function makePackage(packagePath?: string): Promise<void> {
  // The production build is vsce's own prepublish step.
  // There is no repository address yet that links could be made absolute with.
  await createVSIX({
    cwd: ROOT,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
    ...(packagePath === undefined ? {} : { packagePath }),
  });
}

async function checksumOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

async function removeOldPackages(): Promise<void> {
  for (const name of await readdir(ROOT)) {
    if (name.endsWith('.vsix')) await rm(path.join(ROOT, name));
  }
}

async function packageOnce(): Promise<void> {
  await removeOldPackages();
  await makePackage();
  for (const file of await listFiles({ cwd: ROOT, packageManager: PackageManager.None }))
    console.log(file);
  for (const name of await readdir(ROOT)) {
    if (name.endsWith('.vsix')) {
      console.log(`sha256 ${await checksumOf(path.join(ROOT, name))}  ${name}`);
    }
  }
}

async function packageTwice(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'interleave-package-'));
  const files = ['first.vsix', 'second.vsix'].map((name) => path.join(folder, name));
  for (const file of files) await makePackage(file);
  const [first, second] = await Promise.all(files.map(checksumOf));
  await rm(folder, { recursive: true, force: true });
  console.log(`sha256 ${first}\nsha256 ${second}`);
  if (first === second) return;
  console.error('The same source gave two different packages.');
  process.exitCode = 1;
}

await (process.argv.includes('--twice') ? packageTwice() : packageOnce());
