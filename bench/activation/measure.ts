import { realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { type ActivationTimes, TIMES_VARIABLE } from './contract.ts';

/** Runs in a new extension host: activates the extension and writes the times to a file. */
export async function run(): Promise<void> {
  const file = process.env[TIMES_VARIABLE];
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
  const times: ActivationTimes = {
    loadMs,
    activateMs,
    wallMs: loadMs + performance.now() - activatingMs,
  };
  writeFileSync(file, JSON.stringify(times));
}
