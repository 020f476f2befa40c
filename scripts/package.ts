// `npm run package`: makes the VSIX, and prints its contents and checksum. Needs no network.
// `--twice` makes it twice, the second time elsewhere, and fails when the two differ.
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { ROOT } from './root.ts';

// Reproducible build: the same source gives the same bytes, whenever and wherever it is packed.
process.env.SOURCE_DATE_EPOCH ??= String(Date.UTC(2026, 0, 1) / 1000);
process.env.TZ = 'UTC';

/** Makes the package, by default in the project's folder. */
async function makePackage(packagePath?: string): Promise<void> {
  // vsce runs the production build as its own prepublish step. There is no repository URL yet from
  // which links could be made absolute.
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
