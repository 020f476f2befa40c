import type { CommandLine } from './command/commandLine.ts';
import { parseCommandLine } from './command/commandLine.ts';
import type { RuleCall } from './ruleCall.ts';
import type { RuleSystem } from './ruleSystem.ts';
import type { ReadUrl } from './url/readUrl.ts';
import { readUrl } from './url/readUrl.ts';

/** What a call is about, as far as rules look at it. */
export type Subject =
  | { readonly kind: 'whole' }
  | { readonly kind: 'unclear'; readonly why: string }
  | (Argument & { readonly kind: 'command'; readonly line: CommandLine })
  | (Argument & { readonly kind: 'url'; readonly url: ReadUrl })
  | (Argument & { readonly kind: 'path' });

interface Argument {
  readonly text: string;
  /** An argument that no specifier speaks of: no rule with a specifier allows the call. */
  readonly unknownArgument?: string;
}

/** Finds what a call is about. Looks at own properties only. */
export function subjectOf(
  { tool, input }: Pick<RuleCall, 'tool' | 'input'>,
  { shell }: Pick<RuleSystem, 'shell'>,
): Subject {
  const { subject } = tool;
  if (subject === undefined) return { kind: 'whole' };
  const { kind, argument, free } = subject;
  const text = isObject(input) && Object.hasOwn(input, argument) ? input[argument] : undefined;
  if (!isObject(input) || typeof text !== 'string') {
    return { kind: 'unclear', why: `The call has no text "${argument}".` };
  }
  const unknownArgument = Object.keys(input).find(
    (name) => name !== argument && !free.includes(name),
  );
  const about = { text, ...(unknownArgument === undefined ? {} : { unknownArgument }) };
  switch (kind) {
    case 'command':
      return { kind, ...about, line: parseCommandLine(text, shell) };
    case 'url':
      return { kind, ...about, url: readUrl(text) };
    case 'path':
      return { kind, ...about };
  }
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
