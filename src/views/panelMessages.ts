import type { ConversationTarget, RunTarget } from '../host/commandTargets.ts';
import type { CommandId } from '../host/contributionIds.ts';
import { commands } from '../host/contributionIds.ts';
import type { FromPanel } from '../shared/panelProtocol.ts';
import { parseFromPanel } from '../shared/panelProtocol.ts';

/** Everything that a message from the panel can do. */
export interface PanelEffects {
  ready(): void;
  execute(command: CommandId, argument: RunTarget | ConversationTarget | string): void;
  copy(text: string): void;
  openLink(url: string): void;
}

/** The run a panel shows: the part that its messages are checked against. */
export interface PanelRun {
  readonly id: string;
  readonly state: { readonly conversations: readonly { readonly provider: string }[] };
}

/**
 * Carries out a message from the panel. The webview is not trusted: ignores unknown messages, and
 * messages about conversations that the run does not have. Never throws.
 */
export function handlePanelMessage(message: unknown, run: PanelRun, effects: PanelEffects): void {
  const parsed = parseFromPanel(message);
  if (parsed === undefined) return;
  switch (parsed.type) {
    case 'ready':
      effects.ready();
      return;
    case 'copyText':
      effects.copy(parsed.text);
      return;
    case 'openLink':
      effects.openLink(parsed.url);
      return;
    default:
      executeFor(parsed, run, effects);
  }
}

type CommandMessage = Exclude<FromPanel, { type: 'ready' | 'copyText' | 'openLink' }>;

const messageCommands: { readonly [T in CommandMessage['type']]: CommandId } = {
  cancelRun: commands.cancelRun,
  cancelConversation: commands.cancelConversation,
  retryConversation: commands.retryConversation,
  continueConversation: commands.continueConversation,
  rerunFailed: commands.rerunFailed,
  runRemaining: commands.runRemaining,
  resumeRun: commands.resumeRun,
  copyAnswer: commands.copyAnswer,
  copyAll: commands.copyAll,
  revealPrompt: commands.revealPrompt,
  openTranscript: commands.openTranscript,
  exportResults: commands.exportResults,
  showLog: commands.showLog,
  setApiKey: commands.setApiKey,
  selectModel: commands.selectModel,
};

function executeFor(message: CommandMessage, run: PanelRun, effects: PanelEffects): void {
  const command = messageCommands[message.type];
  if (!('conversation' in message)) {
    effects.execute(command, { runId: run.id });
    return;
  }
  const { conversation } = message;
  const state = run.state.conversations[conversation];
  if (state === undefined) return;
  const target = { runId: run.id, conversation };
  effects.execute(command, message.type === 'setApiKey' ? state.provider : target);
}
