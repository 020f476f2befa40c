import type { ConversationState } from '../../src/shared/conversationState.ts';

/** Min and max width of the column of names, in widths of a digit. */
const [minWidth, maxWidth] = [8, 44];
/** Characters that are twice as wide. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/gu;

/** How wide the column of names is, so that the longest one fits, in widths of a digit. */
export function nameWidth(conversations: readonly Pick<ConversationState, 'name'>[]): number {
  let longest = 0;
  for (const { name } of conversations) {
    const start = name.slice(0, maxWidth);
    longest = Math.max(longest, start.length + (start.match(wide)?.length ?? 0));
  }
  return Math.min(maxWidth, Math.max(minWidth, longest + 1));
}
