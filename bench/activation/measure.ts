import { cpSync, existsSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import * as vscode from 'vscode';
import { PROFILE_VARIABLE } from '../../scripts/vscode/profileVariable.ts';
import { type ActivationTimes, variables } from './contract.ts';

/** From the activation to the first command, in ms. */
const settleMs = 1_000;
/** From the end of a run to the saving of the compiled code, in ms, and some more. */
const savingMs = 6_000;

/** Runs in a new extension host: activates the extension, runs a prompt and writes the times to a file. */
export async function run(): Promise<void> {
  const { [variables.times]: file, [variables.server]: server } = process.env;
  const { [variables.compiled]: kept, [PROFILE_VARIABLE]: profile } = process.env;
  const extension = vscode.extensions.getExtension('interleave.interleave');
  if (file === undefined || extension === undefined || extension.isActive) {
    throw new Error('No inactive extension to measure, or no file for the times.');
  }
  if (kept === undefined || profile === undefined) throw new Error('No folder for compiled code.');
  const compiled = path.join(profile, 'data/User/globalStorage', extension.id, 'compiled');
  const isFirst = !existsSync(kept);
  if (!isFirst) cpSync(kept, compiled, { recursive: true });
  const main = path.join(realpathSync(extension.extensionPath), extension.packageJSON.main);
  const startedMs = performance.now();
  const exported: { activate(context: unknown): unknown } = require(main);
  const loadMs = performance.now() - startedMs;
  let activateMs = Number.NaN;
  const bundle = require.cache[require.resolve(main)];
  if (bundle === undefined) throw new Error(`${main} is not where VS Code looks for it.`);
  bundle.exports = {
    ...exported,
    activate: (context: unknown) => {
      const calledMs = performance.now();
      const api = exported.activate(context);
      activateMs = performance.now() - calledMs;
      return api;
    },
  };
  const activatingMs = performance.now();
  const opened = whenOpened();
  await extension.activate();
  const wallMs = loadMs + performance.now() - activatingMs;
  const openMs = await opened;
  await vscode.workspace
    .getConfiguration('interleave')
    .update('anthropic.baseUrl', server, vscode.ConfigurationTarget.Global);
  // What VS Code and the extension do right after the start is not part of the command.
  await delay(settleMs);
  const calledMs = performance.timeOrigin + performance.now();
  await vscode.commands.executeCommand('interleave.runFiles', {
    prompts: [{ text: 'Calculate.' }],
    options: { provider: 'anthropic', model: 'demo-fast' },
  });
  if (isFirst) {
    await delay(savingMs);
    cpSync(compiled, kept, { recursive: true });
  }
  const times: ActivationTimes = { loadMs, activateMs, wallMs, openMs, calledMs };
  writeFileSync(file, JSON.stringify(times));
}

/** The longest turn of the event loop, in ms, in the time in which the views are opened. */
async function whenOpened(): Promise<number> {
  const untilMs = performance.now() + settleMs;
  let longestMs = 0;
  for (let before = performance.now(); before < untilMs; ) {
    await nextTurn();
    const now = performance.now();
    longestMs = Math.max(longestMs, now - before);
    before = now;
  }
  return longestMs;
}
