import { formatInteger } from '../../shared/quantities.ts';
import { UserError } from '../base/errors.ts';
import type { LimitName, LimitValues } from '../base/limits.ts';
import { defaultLimitValues } from '../base/limits.ts';
import { formatLimit, limitSetting } from '../base/limitValues.ts';
import { quoted } from '../base/text.ts';

/** UTF-16 units of a prompt's name in a message. */
const maxName = 80;

/** Limits of a run's prompts. */
export interface PromptLimits {
  /** The default limits when absent. */
  readonly limits?: Pick<LimitValues, 'conversations' | 'promptKB'>;
  /** How messages name a limit that can be raised; its setting when absent. */
  readonly limitKey?: (name: LimitName) => string;
}

interface CheckedPrompt {
  readonly name: string;
  readonly text: string;
}

export const nothingToRun = 'There is no prompt to run. Select some text, or a file with prompts.';

/**
 * Throws a `UserError` for too many or too large prompts, with their counts, and for one that no provider
 * takes.
 */
export function checkPrompts(prompts: readonly CheckedPrompt[], options: PromptLimits): void {
  checkCounts(prompts, options);
  const garbled = prompts.find(({ text }) => text.includes('\0'));
  if (garbled === undefined) return;
  throw new UserError(
    `The prompt ${quoted(garbled.name, maxName)} has a NUL character, which no provider accepts. Remove it; if the text looks garbled, save it as UTF-8.`,
  );
}

function checkCounts(prompts: readonly CheckedPrompt[], options: PromptLimits): void {
  if (prompts.length === 0) throw new UserError(nothingToRun);
  const { limits = defaultLimitValues, limitKey = limitSetting } = options;
  if (prompts.length > limits.conversations) {
    throw new UserError(
      `${formatInteger(prompts.length)} prompts are chosen; a run may have ${formatInteger(limits.conversations)}. Choose fewer, or raise ${limitKey('conversations')}.`,
    );
  }
  const large = prompts.filter(({ text }) => Buffer.byteLength(text) > limits.promptKB * 1000);
  const [first] = large;
  if (first === undefined) return;
  const name = quoted(first.name, maxName);
  const size = `${formatInteger(Buffer.byteLength(first.text))} bytes`;
  const one = large.length === 1;
  const what = one
    ? `The prompt ${name} has ${size}`
    : `${formatInteger(large.length)} prompts are too large, the first of them ${name} with ${size}`;
  const most = `${formatInteger(limits.promptKB * 1000)} (${formatLimit('promptKB', limits.promptKB)})`;
  throw new UserError(
    `${what}; a prompt may have ${most}. Shorten ${one ? 'it' : 'them'}, or raise ${limitKey('promptKB')}.`,
  );
}
