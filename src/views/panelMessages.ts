import type { ProposalTarget, RunTarget } from '../host/commandTargets.ts';
import type { CommandId } from '../host/contributionIds.ts';
import { commands } from '../host/contributionIds.ts';
import type { PanelAnswer, PanelRequest, RequestAnswer } from '../shared/panelProtocol.ts';
import { parseFromPanel } from '../shared/panelProtocol.ts';
import { messageOf } from '../shared/thrown.ts';

/** The effects of messages from the panel. */
export interface PanelEffects {
  ready(): void;
  /** Resolves with the result of the command. */
  execute(command: CommandId, argument: RunTarget | ProposalTarget | string): PromiseLike<unknown>;
  /** Resolves with a message for the user. */
  copy(text: string): Promise<string>;
  /** Resolves with whether it was opened. */
  openLink(url: string): Promise<boolean>;
  /** Opens a file that an answer names. Rejects with the reason when that is impossible. */
  openFile(target: string): Promise<void>;
  answerNotice(notice: string, choice: string): PromiseLike<unknown>;
  answer(answer: PanelAnswer): void;
}

/** The run a panel shows: the part that its messages are checked against. */
export interface PanelRun {
  readonly id: string;
  readonly state: { readonly conversations: readonly { readonly provider: string }[] };
}

/**
 * Carries out a message from the panel and answers it. The webview is not trusted: ignores unknown messages, and
 * refuses messages about conversations that the run does not have. Resolves after the answer. Never throws or
 * rejects.
 */
export async function handlePanelMessage(
  message: unknown,
  run: PanelRun,
  effects: PanelEffects,
): Promise<void> {
  const parsed = parseFromPanel(message);
  if (parsed === undefined) return;
  if (parsed.type === 'ready') {
    effects.ready();
    return;
  }
  const { id, ...request } = parsed;
  effects.answer({ type: 'answer', id, ...(await carryOut(request, run, effects)) });
}

async function carryOut(
  request: PanelRequest,
  run: PanelRun,
  effects: PanelEffects,
): Promise<RequestAnswer> {
  try {
    switch (request.type) {
      case 'copyText':
        return { ok: true, message: await effects.copy(request.text) };
      case 'openLink':
        return { ok: await effects.openLink(request.url) };
      case 'answerNotice':
        await effects.answerNotice(request.notice, request.choice);
        return { ok: true };
      case 'openFile':
        await effects.openFile(request.target);
        return { ok: true };
      default:
        return await execute(request, run, effects);
    }
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}

type CommandRequest = Exclude<
  PanelRequest,
  { type: 'copyText' | 'openLink' | 'openFile' | 'answerNotice' }
>;

const requestCommands: { readonly [T in CommandRequest['type']]: CommandId } = {
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
  reviewAllChanges: commands.reviewChanges,
  reviewChanges: commands.reviewChanges,
  applyAllChanges: commands.applyChanges,
  applyChanges: commands.applyChanges,
  applyFile: commands.applyChanges,
  exportResults: commands.exportResults,
  showLog: commands.showLog,
  setApiKey: commands.setApiKey,
  selectModel: commands.selectModel,
  reviewApprovals: commands.reviewApprovals,
  reviewApproval: commands.reviewApprovals,
};

async function execute(
  request: CommandRequest,
  run: PanelRun,
  effects: PanelEffects,
): Promise<RequestAnswer> {
  const command = requestCommands[request.type];
  if (!('conversation' in request)) {
    return answerIn(await effects.execute(command, { runId: run.id }));
  }
  const { conversation } = request;
  const state = run.state.conversations[conversation];
  if (state === undefined) return { ok: false, message: 'This run has no such conversation.' };
  const path = 'path' in request ? { path: request.path } : {};
  const target = { runId: run.id, conversation, ...path };
  const argument = request.type === 'setApiKey' ? state.provider : target;
  return answerIn(await effects.execute(command, argument));
}

/** The answer that a command resolved with. Any other result counts as success. */
function answerIn(result: unknown): RequestAnswer {
  if (typeof result !== 'object' || result === null || !('ok' in result)) return { ok: true };
  const ok = result.ok === true;
  return 'message' in result && typeof result.message === 'string'
    ? { ok, message: result.message }
    : { ok };
}
