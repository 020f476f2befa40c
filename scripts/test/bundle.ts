import { globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

/**
 * Compiles the tests that run inside VS Code from `test/integration` to `out/integration`.
 * Returns the module whose `run()` runs them.
 */
export async function bundleIntegrationTests(root: string): Promise<string> {
  const source = path.join(root, 'test/integration');
  const outdir = path.join(root, 'out/integration');
  // Delete the old output, or tests whose source file is gone would still run.
  await rm(outdir, { recursive: true, force: true });
  await build({
    entryPoints: [
      path.join(source, 'index.ts'),
      ...globSync('**/*.test.ts', { cwd: source }).map((file) => path.join(source, file)),
    ],
    outbase: source,
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return path.join(outdir, 'index.js');
}
