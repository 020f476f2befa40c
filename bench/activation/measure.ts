import { realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { type ActivationTimes, variables } from './contract.ts';

/** From the activation to the first command, in ms. */
const settleMs = 1_000;

/** Runs in a new extension host: activates the extension, runs a prompt and writes the times to a file. */
export async function run(): Promise<void> {
  const { [variables.times]: file, [variables.server]: server } = process.env;
  const extension = vscode.extensions.getExtension('interleave.interleave');
  if (file === undefined || extension === undefined || extension.isActive) {
    throw new Error('No inactive extension to measure, or no file for the times.');
  }
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
  await extension.activate();
  const wallMs = loadMs + performance.now() - activatingMs;
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
  const times: ActivationTimes = { loadMs, activateMs, wallMs, calledMs };
  writeFileSync(file, JSON.stringify(times));
}
