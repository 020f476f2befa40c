import type { ConversationState } from '../../src/shared/conversationState.ts';
import { answerToKeep } from '../../src/shared/conversationState.ts';
import { compactJson } from '../text/visibleText.ts';

/** Where a search found its text. */
export type FoundIn = 'name' | 'answer' | 'error' | 'prompt' | 'tools' | 'transcript';

/** The first place of a conversation that a search matches. */
export interface Found {
  readonly in: FoundIn;
  /** The text in which it was found, and where it begins there. */
  readonly text: string;
  readonly at: number;
}

/** Finds a text, in any case, in conversations. */
export interface Search {
  /** The first match: in the name, the answer, the error, the prompt, the tool calls, then the turns. */
  find(conversation: ConversationState): Found | undefined;
  /** All matches in one text, as start and end. */
  matches(text: string): readonly (readonly [start: number, end: number])[];
}

/** The search for what was typed; undefined for nothing. */
export function searchFor(query: string): Search | undefined {
  const words = query.trim();
  if (words === '') return undefined;
  const escaped = words.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const one = new RegExp(escaped.replaceAll(/\s+/g, '\\s+'), 'iu');
  const all = new RegExp(one.source, 'giu');
  return {
    find: (conversation) => {
      for (const [place, text] of textsOf(conversation)) {
        const at = text.search(one);
        if (at >= 0) return { in: place, text, at };
      }
      return undefined;
    },
    matches: (text) =>
      [...text.matchAll(all)].map(({ 0: found, index }) => [index, index + found.length] as const),
  };
}

/** The texts of a conversation in the order of a search, made one by one, because most searches end early. */
function* textsOf(conversation: ConversationState): Generator<readonly [FoundIn, string]> {
  const { name, error, prompt, turns, partial } = conversation;
  yield ['name', name];
  yield ['answer', answerToKeep(conversation) || partial];
  if (error !== undefined) yield ['error', error.message];
  yield ['prompt', prompt];
  yield* toolTexts(conversation);
  for (const { text } of turns) yield ['transcript', text];
}

function* toolTexts({
  toolCalls,
  asked = [],
}: ConversationState): Generator<readonly [FoundIn, string]> {
  for (const { name, input, output } of toolCalls) {
    yield ['tools', name];
    yield ['tools', compactJson(input)];
    if (output !== undefined) yield ['tools', output];
  }
  for (const { state } of asked) {
    for (const [place, text] of textsOf(state))
      yield [place === 'tools' ? 'tools' : 'transcript', text];
  }
}
