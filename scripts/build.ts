import { runCommand } from './childProcess.ts';
import { ROOT } from './root.ts';

const BUILD_TIMEOUT_MS = 5 * 60_000;

/**
 * Builds `dist/` and shows the output of the build.
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
    throw new Error(result.problem ?? 'The build failed. See its messages above.');
  }
}
