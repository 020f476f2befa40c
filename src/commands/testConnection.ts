import type * as vscode from 'vscode';
import type { ConnectionReport } from '../host/connectionTest.ts';
import type { Severity } from '../host/messages.ts';
import { whileNotifying } from '../host/messages.ts';
import { pickOne } from '../host/picks.ts';
import { offeredProviders, providerNames } from '../host/providerNames.ts';
import { requireTrust } from '../host/trust.ts';
import { abortOnCancel } from './abortOnCancel.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { showWithRemedies } from './showError.ts';

type Services = Pick<CommandServices, 'configuration' | 'engine'>;
type TestedId = (typeof offeredProviders)[number];

/** Tests the connection to a provider and shows the outcome. Resolves with the report; undefined if cancelled. */
export function testConnection(services: Services): CommandHandler {
  return async (argument) => {
    requireTrust(
      'No requests are sent in Restricted Mode. Trust the folder to test the connection.',
    );
    const id =
      offeredProviders.find((known) => known === argument) ?? (await pickProvider(services));
    if (id === undefined) return undefined;
    const report = await test(services, id);
    if (report !== undefined) {
      void showWithRemedies(severities[report.outcome], report.message, report.remedies);
    }
    return report;
  };
}

interface ProviderPick extends vscode.QuickPickItem {
  readonly id: TestedId;
}

/** The configured provider comes first. */
async function pickProvider({ configuration }: Services): Promise<TestedId | undefined> {
  const { provider } = configuration.runSettings();
  const picks = offeredProviders.map((id): ProviderPick => {
    const description = id === provider ? 'current' : undefined;
    return { id, label: providerNames[id], ...(description ? { description } : {}) };
  });
  const sorted = picks.toSorted((a, b) => Number(b.id === provider) - Number(a.id === provider));
  const picked = await pickOne(sorted, 'Test Connection');
  return picked?.id;
}

async function test({ engine }: Services, id: TestedId): Promise<ConnectionReport | undefined> {
  return whileNotifying(`Testing the connection: ${providerNames[id]}`, async (token) => {
    const signal = abortOnCancel(token);
    try {
      return await (await engine.get()).testConnection(id, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  });
}

const severities: { readonly [O in ConnectionReport['outcome']]: Severity } = {
  works: 'information',
  doubtful: 'warning',
  fails: 'error',
};
