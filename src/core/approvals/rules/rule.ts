import type { RulePlace } from '../../../shared/callDecision.ts';
import type { CommandSpecifier } from './command/commandSpecifier.ts';
import type { PathSpecifier } from './path/pathSpecifier.ts';
import type { RuleEffect } from './ruleSystem.ts';
import type { UrlSpecifier } from './url/urlSpecifier.ts';

/** Which calls of a tool a rule is about. */
export type Specifier = CommandSpecifier | UrlSpecifier | PathSpecifier;

/** One line of a rules file. */
export interface Rule {
  readonly effect: RuleEffect;
  /** A tool's name, `*` for all tools, or `lm:*` for all tools of other extensions. */
  readonly tool: string;
  /** Absent when the rule is about every call of the tool. */
  readonly specifier?: Specifier;
  /** The only agent that the rule is about; absent when it is about all. */
  readonly agent?: string;
  /** Whether the rule counts only in runs that nobody watches. */
  readonly isForUnattended: boolean;
  /** The rule as it was written. */
  readonly text: string;
  /** Counts from 0. */
  readonly line: number;
  readonly place: RulePlace;
}

/** Something that is wrong in a rules file. Lines and columns count from 0; the end is exclusive. */
export interface RuleProblem {
  readonly severity: 'error' | 'warning';
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  /** What is wrong and what to do. */
  readonly message: string;
}
