import type * as vscode from 'vscode';
import type { KeyedProviderId, SavedKey } from '../host/credentials.ts';
import type { Log } from '../host/log.ts';
import { flashStatus, showMessage } from '../host/messages.ts';
import { askText, pickOne } from '../host/picks.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';

interface ProviderPick extends vscode.QuickPickItem {
  readonly provider: KeyedProviderId;
}

const providers: readonly ProviderPick[] = [
  { label: 'Anthropic', description: 'Messages API', provider: 'anthropic' },
  { label: 'OpenAI', description: 'Responses API', provider: 'openai' },
];

/** Asks for a provider's API key and stores it for the server of the current base URL only. */
export function setApiKey({
  credentials,
  engine,
  keyRenewal,
  log,
}: Pick<CommandServices, 'credentials' | 'engine' | 'keyRenewal' | 'log'>): CommandHandler {
  return async (argument) => {
    const named = providers.find(({ provider }) => provider === argument);
    const choice = named ?? (await pickOne(providers, 'Set API Key'));
    if (choice === undefined) return;
    const origin = (await engine.get()).endpointOrigin(choice.provider);
    const key = await askText({
      title: `${choice.label} API Key`,
      prompt: `Sent only to ${origin}. Stored in VS Code's secret storage. Leave empty to delete the stored key.`,
      password: true,
      ignoreFocusOut: true,
      check: checkKey,
    });
    if (key === undefined) return;
    const trimmed = key.trim();
    if (trimmed === '') {
      await credentials.delete(choice.provider);
      await keyRenewal.renew(choice.provider);
      flashStatus('key', `${choice.label} key deleted`, 3_000);
      return;
    }
    const saved = await credentials.save(choice.provider, origin, trimmed);
    await keyRenewal.renew(choice.provider);
    tell(choice.label, saved, log);
  };
}

function tell(provider: string, saved: SavedKey, log: Log): void {
  if (saved.kind === 'kept') {
    flashStatus('key', `${provider} key saved`, 3_000);
    return;
  }
  void showMessage(
    'error',
    `Could not store the ${provider} key: ${log.safe(saved.reason)} It is available in this window only. Check the keyring of this computer and set the key again.`,
  );
}

/** The key goes into an HTTP header, so it must be printable ASCII. Other characters are copy mistakes. */
function checkKey(key: string): string | undefined {
  if (/^[\x21-\x7e]*$/.test(key.trim())) return undefined;
  return 'An API key cannot contain spaces, line breaks or special characters. Copy it again.';
}
