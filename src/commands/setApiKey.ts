import type * as vscode from 'vscode';
import type { KeyedProvider } from '../host/credentials.ts';
import { flashStatus } from '../host/messages.ts';
import { askText, pickOne } from '../host/picks.ts';
import type { RunService } from '../host/runService.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';

interface ProviderPick extends vscode.QuickPickItem {
  readonly provider: KeyedProvider;
}

const providers: readonly ProviderPick[] = [
  { label: 'Anthropic', description: 'Messages API', provider: 'anthropic' },
  { label: 'OpenAI', description: 'Responses API', provider: 'openai' },
];

/** Asks for a provider's key and keeps it for the server that the settings name now, and only for it. */
export function setApiKey({
  credentials,
  engine,
  runs,
}: Pick<CommandServices, 'credentials' | 'engine' | 'runs'>): CommandHandler {
  return async (argument) => {
    const named = providers.find(({ provider }) => provider === argument);
    const choice = named ?? (await pickOne(providers, 'Set API Key'));
    if (choice === undefined) return;
    const origin = (await engine.get()).endpointOrigin(choice.provider);
    const key = await askText({
      title: `${choice.label} API Key`,
      prompt: `Sent to ${origin} only. Kept in VS Code's secret storage; leave it empty to delete the stored key.`,
      password: true,
      ignoreFocusOut: true,
      check: checkKey,
    });
    if (key === undefined) return;
    const trimmed = key.trim();
    if (trimmed === '') await credentials.delete(choice.provider);
    else await credentials.save(choice.provider, origin, trimmed);
    await (await engine.get()).renewKey(choice.provider);
    resumeRefused(runs);
    const done = trimmed === '' ? 'deleted' : 'saved';
    flashStatus('key', `${choice.label} key ${done}`, 3_000);
  };
}

/** Runs that were paused because a key was refused go on with the new one. */
function resumeRefused(runs: RunService): void {
  for (const run of runs.runs) if (run.state.paused?.kind === 'auth') run.resume();
}

/** Header values may have printable ASCII only; anything else is a slip of the clipboard. */
function checkKey(key: string): string | undefined {
  if (/^[\x21-\x7e]*$/.test(key.trim())) return undefined;
  return 'A key has no spaces, line breaks or special characters. Copy it again.';
}
