import type * as vscode from 'vscode';
import { flashStatus, showMessage } from '../host/messages.ts';
import { pickOne } from '../host/picks.ts';
import { requireTrust } from '../host/trust.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';

type Services = Pick<CommandServices, 'configuration' | 'engine'>;

interface AgentPick extends vscode.QuickPickItem {
  /** The agent's name; empty for none. */
  readonly name: string;
}

/** Lets the user choose the agent that answers prompts which name none, and keeps it in the user settings. */
export function selectAgent({ configuration, engine }: Services): CommandHandler {
  return async () => {
    requireTrust(
      'Agent files are not read in Restricted Mode. Trust the folder to select an agent.',
    );
    const { agents } = await (await engine.get()).findAgents();
    const pickable = agents.filter(({ isPickable }) => isPickable);
    if (pickable.length === 0) {
      await showMessage(
        'information',
        'There are no agents here. Agent files are *.agent.md files in .github/agents of the workspace, or in .copilot/agents of your home folder.',
        [],
      );
      return undefined;
    }
    const { agent: current } = configuration.runSettings();
    const picks: readonly AgentPick[] = [
      { ...{ label: 'No agent', name: '' }, ...described(current === '' ? 'selected' : undefined) },
      ...pickable.map(({ file, definition: { name, description } }) => ({
        ...{ label: name, name, detail: file },
        ...described(name === current ? `selected · ${description}` : description),
      })),
    ];
    const picked = await pickOne(picks, 'Select Agent');
    if (picked === undefined) return undefined;
    await configuration.chooseAgent(picked.name);
    const who = picked.name === '' ? 'No agent' : picked.label;
    flashStatus('check', `${who} answers from now on`, 4_000);
    return picked.name;
  };
}

function described(description: string | undefined): Pick<vscode.QuickPickItem, 'description'> {
  return description === undefined || description === '' ? {} : { description };
}
