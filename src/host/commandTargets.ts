import type * as vscode from 'vscode';

/** The argument of a command on a run: a tree node or a plain object. */
export interface RunTarget {
  readonly runId: string;
  /** A user ran the command from a view, so that it may ask for confirmation. Absent for calls by programs. */
  readonly interactive?: true;
  /** The caller shows the outcome itself: the command resolves with a `RequestAnswer`. */
  readonly answers?: true;
}

/** The argument of a command on a conversation. */
export interface ConversationTarget extends RunTarget {
  /** Index in prompt order. */
  readonly conversation: number;
}

/** The argument of a command on prompts: a folder, a file, or one prompt of a file. */
export interface PromptTarget {
  readonly uri: vscode.Uri;
  /** Absent: all prompts of the file, or of the files in the folder. */
  readonly promptId?: string;
}

/** The run that a command's argument names; undefined if it names none. */
export function runTarget(argument: unknown): RunTarget | undefined {
  const runId = property(argument, 'runId');
  if (typeof runId !== 'string') return undefined;
  return {
    runId,
    ...(property(argument, 'interactive') === true ? { interactive: true } : {}),
    ...(wantsAnswer(argument) ? { answers: true } : {}),
  };
}

/** Whether the caller shows the outcome of the command itself. */
export function wantsAnswer(argument: unknown): boolean {
  return property(argument, 'answers') === true;
}

/** The conversation that a command's argument names; undefined if it names none. */
export function conversationTarget(argument: unknown): ConversationTarget | undefined {
  const target = runTarget(argument);
  const conversation = property(argument, 'conversation');
  if (target === undefined || typeof conversation !== 'number') return undefined;
  return { ...target, conversation };
}

/** What a command on proposed changes is about: those of a run, of one conversation, or of it for one file. */
export interface ProposalTarget extends RunTarget {
  readonly conversation?: number;
  /** Workspace path. */
  readonly path?: string;
}

/** The proposed changes that a command's argument names; undefined if none. */
export function proposalTarget(argument: unknown): ProposalTarget | undefined {
  const conversation = conversationTarget(argument);
  const path = property(argument, 'path');
  if (conversation === undefined) return runTarget(argument);
  return { ...conversation, ...(typeof path === 'string' ? { path } : {}) };
}

/** The prompts that a command's argument names: a node of the Prompts view or a `Uri`; undefined if neither. */
export function promptTarget(argument: unknown): PromptTarget | undefined {
  if (isUri(argument)) return { uri: argument };
  const uri = property(argument, 'uri');
  if (!isUri(uri)) return undefined;
  const promptId = property(argument, 'promptId');
  return { uri, ...(typeof promptId === 'string' ? { promptId } : {}) };
}

/** The notice that a command's argument names, and the choice, if it has one. */
export function noticeTarget(
  argument: unknown,
): { readonly id: string; readonly choice?: string } | undefined {
  const id = property(argument, 'notice');
  const choice = property(argument, 'choice');
  if (typeof id !== 'string') return undefined;
  return { id, ...(typeof choice === 'string' ? { choice } : {}) };
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** By shape, because a `Uri` of another extension may be of another class. */
export function isUri(value: unknown): value is vscode.Uri {
  return (
    typeof property(value, 'scheme') === 'string' && typeof property(value, 'path') === 'string'
  );
}
