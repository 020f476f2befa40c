/**
 * `npm run vscode`: opens a real VS Code with the extension and the folder `examples`. Uses desktop
 * VS Code when `code` and a display are available, else VS Code's server for a browser. `--browser`
 * chooses the server, `--port N` its port.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildExtension } from './build.ts';
import { runCommand } from './childProcess.ts';
import { reportToConsole } from './report.ts';
import { ROOT } from './root.ts';
import { hasDisplay } from './vscode/display.ts';
import { workbenchUrl } from './vscode/page.ts';
import { provisionServer } from './vscode/provision.ts';
import { startServer } from './vscode/server.ts';

const EXAMPLES = path.join(ROOT, 'examples');
const LAUNCH_TIMEOUT_MS = 60_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { browser: { type: 'boolean' }, port: { type: 'string' } },
  });
  await buildExtension();
  const desktop = values.browser ? undefined : findDesktop();
  if (desktop === undefined) {
    await serve(values.port === undefined ? undefined : Number(values.port));
  } else {
    await openDesktop(desktop);
  }
}

/** The command of desktop VS Code, if it can show a window here. */
function findDesktop(): string | undefined {
  const names = process.platform === 'win32' ? ['code.cmd'] : ['code'];
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const found = folders.flatMap((folder) => names.map((name) => path.join(folder, name)));
  return hasDisplay() ? found.find((file) => existsSync(file)) : undefined;
}

async function openDesktop(command: string): Promise<void> {
  const result = await runCommand(command, [`--extensionDevelopmentPath=${ROOT}`, EXAMPLES], {
    timeoutMs: LAUNCH_TIMEOUT_MS,
    output: 'inherit',
  });
  if (result.code !== 0) {
    throw new Error(result.problem ?? `${command} exited with code ${result.code}.`);
  }
}

async function serve(port: number | undefined): Promise<void> {
  // Other users of this machine and web pages can reach the port. Only the address has the token.
  const token = randomBytes(16).toString('hex');
  const server = await startServer({
    server: await provisionServer(reportToConsole),
    trusted: true,
    token,
    ...(port === undefined ? {} : { port }),
  });
  const url = workbenchUrl({
    authority: server.authority,
    workspace: EXAMPLES,
    extension: ROOT,
    token,
  });
  console.log(
    `\nVS Code is running with the extension. Open this address in a browser:\n\n${url}\n`,
  );
  console.log('Press Ctrl+C to stop.');
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), server.ended]);
  await server.stop();
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
