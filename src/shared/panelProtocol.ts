import type { RunEvent, RunStarted } from './conversationEvents.ts';
import type { ConversationState } from './conversationState.ts';
import type { Notice } from './notice.ts';
import type { RunState } from './runState.ts';

/** What the extension host tells the results panel. */
export type ToPanel =
  /** Some conversations of the snapshot that follows. `isFirst`: the parts so far belong to no snapshot any more. */
  | {
      readonly type: 'part';
      readonly isFirst: boolean;
      readonly conversations: readonly ConversationState[];
    }
  /**
   * The whole state. Sent after every `ready`. Its conversations are those that were in no part before it, or have
   * changed since. The plans of `started` are left out.
   */
  | { readonly type: 'snapshot'; readonly run: RunState }
  /** Events after the snapshot, in order, batched for some tens of milliseconds. */
  | { readonly type: 'events'; readonly events: readonly Exclude<RunEvent, RunStarted>[] }
  /** Scrolls to a conversation, opens it and moves the focus to its row. */
  | { readonly type: 'reveal'; readonly conversation: number }
  /** The questions that wait for the user, except those about this run. Sent after a snapshot and when they change. */
  | { readonly type: 'notices'; readonly notices: readonly Notice[] }
  | PanelAnswer;

/** What became of a request. */
export interface RequestAnswer {
  /** Whether what was asked for was done or has begun. */
  readonly ok: boolean;
  /** What happened, for people; absent where VS Code shows it already, or where it speaks for itself. */
  readonly message?: string;
}

/** The answer to the request with this id. Each request gets one, unless the extension host is gone. */
export interface PanelAnswer extends RequestAnswer {
  readonly type: 'answer';
  readonly id: number;
}

/** What the page tells the extension host. */
export type FromPanel =
  /** The page was loaded, or missed something: it needs a snapshot. */
  | { readonly type: 'ready' }
  /** The page gives each request an id of its own, which the answer repeats. */
  | (PanelRequest & { readonly id: number });

/** What the user asks for in the panel. Conversations are named by index only. */
export type PanelRequest =
  | { readonly type: 'cancelRun' }
  | { readonly type: 'cancelConversation'; readonly conversation: number }
  | { readonly type: 'retryConversation'; readonly conversation: number }
  /** Goes on from the last complete turn. */
  | { readonly type: 'continueConversation'; readonly conversation: number }
  | { readonly type: 'rerunFailed' }
  /** Runs the cancelled conversations. */
  | { readonly type: 'runRemaining' }
  /** Resumes a paused or interrupted run. */
  | { readonly type: 'resumeRun' }
  | { readonly type: 'copyAnswer'; readonly conversation: number }
  | { readonly type: 'copyAll' }
  | { readonly type: 'revealPrompt'; readonly conversation: number }
  | { readonly type: 'openTranscript'; readonly conversation: number }
  /** Shows what Apply would change, of all conversations or of one. */
  | { readonly type: 'reviewAllChanges' }
  | { readonly type: 'reviewChanges'; readonly conversation: number }
  /** Applies what all conversations propose, in prompt order, or one of them, or one of them for one file. */
  | { readonly type: 'applyAllChanges' }
  | { readonly type: 'applyChanges'; readonly conversation: number }
  | { readonly type: 'applyFile'; readonly conversation: number; readonly path: string }
  | { readonly type: 'exportResults' }
  | { readonly type: 'showLog' }
  | { readonly type: 'setApiKey'; readonly conversation: number }
  | { readonly type: 'selectModel' }
  /** Shows the tool calls of the run that wait for a decision. The page itself decides on none. */
  | { readonly type: 'reviewApprovals' }
  /** The same of one conversation. */
  | { readonly type: 'reviewApproval'; readonly conversation: number }
  | { readonly type: 'copyText'; readonly text: string }
  /** A link in an answer was clicked. The host checks it and asks before it opens anything. */
  | { readonly type: 'openLink'; readonly url: string }
  /** A link to a file of the workspace, such as `src/cart.ts#L2`. The host checks it. */
  | { readonly type: 'openFile'; readonly target: string }
  /** One of the choices of a notice, or `Dismiss`. */
  | { readonly type: 'answerNotice'; readonly notice: string; readonly choice: string };

/** Max length of a text to copy, in UTF-16 units. */
export const maxCopyLength = 5_000_000;
/** Max length of a link to open, in UTF-16 units. */
export const maxLinkLength = 8_000;

/** Max length of a workspace path, in UTF-16 units. */
const maxPathLength = 5_000;

const plainTypes: ReadonlySet<string> = new Set([
  'cancelRun',
  'rerunFailed',
  'runRemaining',
  'resumeRun',
  'copyAll',
  'reviewAllChanges',
  'applyAllChanges',
  'exportResults',
  'showLog',
  'selectModel',
  'reviewApprovals',
]);
const conversationTypes: ReadonlySet<string> = new Set([
  'cancelConversation',
  'retryConversation',
  'continueConversation',
  'copyAnswer',
  'revealPrompt',
  'openTranscript',
  'reviewChanges',
  'applyChanges',
  'setApiKey',
  'reviewApproval',
]);

/**
 * Validates a message from the webview, which is not trusted. Returns a copy with the known fields only, or
 * undefined if the message is not a valid `FromPanel`. Never throws.
 */
export function parseFromPanel(message: unknown): FromPanel | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  if (own(message, 'type') === 'ready') return { type: 'ready' };
  const id = index(message, 'id');
  const request = parseRequest(message);
  return id === undefined || request === undefined ? undefined : { ...request, id };
}

function parseRequest(message: object): PanelRequest | undefined {
  const type = own(message, 'type');
  if (typeof type !== 'string') return undefined;
  if (plainTypes.has(type)) return { type } as PanelRequest;
  if (conversationTypes.has(type)) {
    const conversation = index(message, 'conversation');
    return conversation === undefined ? undefined : ({ type, conversation } as PanelRequest);
  }
  if (type === 'applyFile') {
    const conversation = index(message, 'conversation');
    const path = shortText(message, 'path', maxPathLength);
    return conversation === undefined || path === undefined
      ? undefined
      : { type, conversation, path };
  }
  return textRequest(type, message);
}

/** A request with one text. */
function textRequest(type: string, message: object): PanelRequest | undefined {
  switch (type) {
    case 'copyText': {
      const text = shortText(message, 'text', maxCopyLength);
      return text === undefined ? undefined : { type, text };
    }
    case 'openLink': {
      const url = shortText(message, 'url', maxLinkLength);
      return url === undefined ? undefined : { type, url };
    }
    case 'openFile': {
      const target = shortText(message, 'target', maxLinkLength);
      return target === undefined ? undefined : { type, target };
    }
    case 'answerNotice': {
      const notice = shortText(message, 'notice', maxPathLength);
      const choice = shortText(message, 'choice', maxPathLength);
      return notice === undefined || choice === undefined ? undefined : { type, notice, choice };
    }
    default:
      return undefined;
  }
}

function own(message: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(message, key)?.value;
}

function index(message: object, key: string): number | undefined {
  const value = own(message, key);
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
}

function shortText(message: object, key: string, maxLength: number): string | undefined {
  const value = own(message, key);
  return typeof value === 'string' && value.length <= maxLength ? value : undefined;
}
