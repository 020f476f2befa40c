import { wordsOf } from './command/commandLine.ts';
import { decide } from './decide.ts';
import type { RuleReading } from './parseRule.ts';
import { parseRule } from './parseRule.ts';
import type { GrantPreview } from './preview.ts';
import { previewOf } from './preview.ts';
import type { Rule } from './rule.ts';
import type { RuleCall } from './ruleCall.ts';
import { subjectOf } from './subject.ts';

/** A rule that a click would make, with all that it lets through. */
export interface OfferedRule {
  readonly rule: Rule;
  readonly preview: GrantPreview;
}

/** The rule for one call, or why the call can be allowed this once only: a sentence for the user. */
export type ExactRule = OfferedRule | { readonly why: string };

type ClickReading = Omit<RuleReading, 'place'>;

/** The rule that allows a call as it is and nothing else. */
export function exactRule(call: RuleCall, reading: ClickReading): ExactRule {
  const subject = subjectOf(call, reading.system);
  if (subject.kind === 'whole') return { why: 'A rule cannot name the arguments of this tool.' };
  if (subject.kind === 'unclear') return { why: subject.why };
  if (subject.unknownArgument !== undefined) {
    return { why: `A rule cannot name the argument "${subject.unknownArgument}".` };
  }
  // In a rule these would stand for more than themselves.
  const hasWildcard = subject.kind === 'path' ? /[*?]/ : /\*/;
  if (hasWildcard.test(subject.text)) return { why: notWritable };
  const text = subject.kind === 'url' ? exactUrl(subject.text) : subject.text;
  return offer(text, call, reading) ?? { why: notWritable };
}

const notWritable = 'A rule cannot be written for exactly this.';

/**
 * A wider rule that covers a call: only for one simple command or one host. Undefined where no safe
 * pattern can be drawn.
 */
export function patternRule(call: RuleCall, reading: ClickReading): OfferedRule | undefined {
  const subject = subjectOf(call, reading.system);
  if (subject.kind === 'command') {
    const words = wordsOf(subject.line);
    if (words === undefined || words.some((word) => !/^[A-Za-z0-9_./:=+@,-]+$/.test(word)))
      return undefined;
    // As many fixed words as leave something open: the program and what it is to do.
    const fixed = words.slice(0, Math.min(2, words.length - 1));
    return fixed.length === 0 ? undefined : offer(`${fixed.join(' ')} *`, call, reading);
  }
  if (subject.kind !== 'url') return undefined;
  const url = subject.url.requested;
  if ('problem' in url || url.scheme !== 'https' || url.port !== 443) return undefined;
  return offer(`domain:${url.host}`, call, reading);
}

/** The rule of this text, when it can be written and decides the call. */
function offer(text: string, call: RuleCall, reading: ClickReading): OfferedRule | undefined {
  const agent = call.agent === undefined ? '' : ` agent=${JSON.stringify(call.agent)}`;
  const line = `allow ${call.tool.name}(${text})${agent}`;
  const { rule } = parseRule(line, 0, { ...reading, place: 'click' });
  if (rule === undefined) return undefined;
  const { verdict, by } = decide([rule], call, reading.system);
  const isDecided = verdict === 'allow' && by.kind === 'rule';
  return isDecided ? { rule, preview: previewOf(rule) } : undefined;
}

/** An address as a rule names it: with its port where it is not the usual one, without fragment. */
function exactUrl(text: string): string {
  const bare = text.split('#')[0] ?? '';
  return URL.canParse(bare) ? new URL(bare).href : bare;
}
