import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A change of the downloaded server. One that does not fit fails, or tests would show something else. */
interface Patch {
  /** Relative to the server's folder. */
  readonly file: string;
  /** For the message when it does not fit. */
  readonly what: string;
  /** Stands exactly once in the file. */
  readonly from: string;
  readonly to: string;
}

export const patches: readonly Patch[] = [
  {
    file: 'out/vs/code/browser/workbench/workbench.js',
    // The smoke-test driver, without which a window takes no development extension, suppresses the
    // notifications that pop up. A person sees them, so tests and screenshots must too.
    what: 'lets notifications pop up in tests',
    from: '.isNotificationsCenterVisible&&!this.environmentService.enableSmokeTestDriver',
    to: '.isNotificationsCenterVisible',
  },
];

/**
 * What the server needs and its own lock file lacks, pinned like the rest of it. Without it npm
 * refuses the lock file; `npm install` would take whatever the registry has that day.
 */
const missingFromLock: Readonly<Record<string, unknown>> = {
  'node_modules/tslib': {
    version: '2.9.1',
    integrity:
      'sha512-a4Ux9VKuIMHsOS7ENbEq6hK2ZGYIT27Rtl0E4eD9KqwxhKiQeMZE/9xb3IdYwWaSOyIBQLExhQgXDTYoiCxnWA==',
  },
};

/** It came without TypeScript itself, and says so in every window that shows such a file. */
const unusableExtension = 'extensions/typescript-language-features';

/** Completes the lock file of the downloaded server, before its dependencies are installed. */
export async function completeLock(server: string): Promise<void> {
  const file = path.join(server, 'npm-shrinkwrap.json');
  const lock = JSON.parse(await readFile(file, 'utf8')) as { packages: Record<string, unknown> };
  const known = Object.keys(missingFromLock).filter((name) => Object.hasOwn(lock.packages, name));
  if (known.length > 0) throw misfit(file, `its lock file has ${known.join(', ')} itself`);
  lock.packages = { ...lock.packages, ...missingFromLock };
  await writeFile(file, JSON.stringify(lock, undefined, 2));
}

/** Applies all patches to a freshly downloaded server. */
export async function patchServer(server: string): Promise<void> {
  for (const patch of patches) await apply(patch, server);
  await rm(path.join(server, unusableExtension), { recursive: true });
}

async function apply({ file, what, from, to }: Patch, server: string): Promise<void> {
  const target = path.join(server, file);
  const parts = (await readFile(target, 'utf8')).split(from);
  if (parts.length !== 2) {
    const found = `the text to replace is found ${parts.length - 1} times`;
    throw misfit(target, `the patch that ${what} does not fit: ${found}`);
  }
  await writeFile(target, parts.join(to));
}

function misfit(file: string, why: string): Error {
  return new Error(
    `${file}: ${why}. This VS Code is another one than the patches are for: adapt scripts/vscode/patches.ts.`,
  );
}
