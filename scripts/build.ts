import { runCommand } from './childProcess.ts';
import { ROOT } from './root.ts';

const BUILD_TIMEOUT_MS = 5 * 60_000;

/**
 * Builds `dist/`, showing what the build says.
 *
 * @throws Error when the build fails.
 */
export async function buildExtension(): Promise<void> {
  const result = await runCommand(process.execPath, ['esbuild.js'], {
    cwd: ROOT,
    timeoutMs: BUILD_TIMEOUT_MS,
    output: 'inherit',
  });
  if (result.code !== 0) {
    throw new Error(result.problem ?? 'The build failed: see its messages above.');
  }
}
