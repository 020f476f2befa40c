import type { Rule } from './rules/rule.ts';
import type { Lead } from './rules/ruleCall.ts';
import type { RuleSystem } from './rules/ruleSystem.ts';
import type { KnownTools } from './rules/ruleTools.ts';

/** The rules of a run, and what is needed to apply them. */
export interface RunRules {
  /** The user's rules and those of this run, as they are now. */
  readonly current: () => readonly Rule[];
  readonly system: RuleSystem;
  readonly tools: KnownTools;
  /** Where a path that a call names leads after links are followed. */
  readonly leadOf?: (path: string) => Promise<Lead>;
  /** Whether nobody watches the run: what the user would have to allow is denied. */
  readonly isUnattended: boolean;
  /** Whether somebody answers questions, even where nobody decides on calls. */
  readonly canAnswer?: boolean;
}
