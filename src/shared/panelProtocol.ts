import type { RunEvent, RunStarted } from './conversationEvents.ts';
import type { RunState } from './runState.ts';

/** What the extension host tells the results panel. */
export type ToPanel =
  /** The whole state: the answer to `ready`, and sent again whenever events may have been missed. */
  | { readonly type: 'snapshot'; readonly run: RunState }
  /** Events that follow the snapshot, in order, some tens of milliseconds' worth at a time. */
  | { readonly type: 'events'; readonly events: readonly Exclude<RunEvent, RunStarted>[] }
  /** Scrolls to a conversation, opens it and moves the focus to its row. */
  | { readonly type: 'reveal'; readonly conversation: number };

/** What the results panel asks of the extension host. Conversations are named by index only. */
export type FromPanel =
  | { readonly type: 'ready' }
  | { readonly type: 'cancelRun' }
  | { readonly type: 'cancelConversation'; readonly conversation: number }
  | { readonly type: 'retryConversation'; readonly conversation: number }
  /** Goes on from the last complete turn. */
  | { readonly type: 'continueConversation'; readonly conversation: number }
  | { readonly type: 'rerunFailed' }
  /** Runs those that were cancelled. */
  | { readonly type: 'runRemaining' }
  /** Goes on with a run that waits for a person. */
  | { readonly type: 'resumeRun' }
  | { readonly type: 'copyAnswer'; readonly conversation: number }
  | { readonly type: 'copyAll' }
  | { readonly type: 'revealPrompt'; readonly conversation: number }
  | { readonly type: 'openTranscript'; readonly conversation: number }
  | { readonly type: 'exportResults' }
  | { readonly type: 'showLog' }
  | { readonly type: 'setApiKey'; readonly conversation: number }
  | { readonly type: 'selectModel' }
  | { readonly type: 'copyText'; readonly text: string }
  /** A link in an answer was clicked. The host checks it and asks before it opens anything. */
  | { readonly type: 'openLink'; readonly url: string };

/** Longest text the panel may ask to be copied, in UTF-16 units. */
export const maxCopyLength = 5_000_000;
/** Longest link the panel may ask to be opened, in UTF-16 units. */
export const maxLinkLength = 8_000;

const plainTypes: ReadonlySet<string> = new Set([
  'ready',
  'cancelRun',
  'rerunFailed',
  'runRemaining',
  'resumeRun',
  'copyAll',
  'exportResults',
  'showLog',
  'selectModel',
]);
const conversationTypes: ReadonlySet<string> = new Set([
  'cancelConversation',
  'retryConversation',
  'continueConversation',
  'copyAnswer',
  'revealPrompt',
  'openTranscript',
  'setApiKey',
]);

/**
 * Checks a message that came from the webview and returns a fresh copy with the known fields only,
 * or undefined when it is none of `FromPanel`. Never throws, whatever it is given.
 */
export function parseFromPanel(message: unknown): FromPanel | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const type = own(message, 'type');
  if (typeof type !== 'string') return undefined;
  if (plainTypes.has(type)) return { type } as FromPanel;
  if (conversationTypes.has(type)) return withConversation(type, own(message, 'conversation'));
  if (type === 'copyText') return withText(own(message, 'text'));
  if (type === 'openLink') return withUrl(own(message, 'url'));
  return undefined;
}

function own(message: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(message, key)?.value;
}

function withConversation(type: string, conversation: unknown): FromPanel | undefined {
  if (!Number.isSafeInteger(conversation) || Number(conversation) < 0) return undefined;
  return { type, conversation: Number(conversation) } as FromPanel;
}

function withText(text: unknown): FromPanel | undefined {
  if (typeof text !== 'string' || text.length > maxCopyLength) return undefined;
  return { type: 'copyText', text };
}

function withUrl(url: unknown): FromPanel | undefined {
  if (typeof url !== 'string' || url.length > maxLinkLength) return undefined;
  return { type: 'openLink', url };
}
