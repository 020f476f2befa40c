import { readRules } from '../core/approvals/rules/readRules.ts';
import type { Rule, RuleProblem } from '../core/approvals/rules/rule.ts';
import type { RuleSystem } from '../core/approvals/rules/ruleSystem.ts';
import type { KnownTools } from '../core/approvals/rules/ruleTools.ts';
import { commands } from './contributionIds.ts';
import { HostError } from './hostError.ts';

/** What `UserRules` needs. */
export interface UserRulesOptions {
  /** The current lines of the setting. */
  lines(): readonly string[];
  readonly tools: KnownTools;
  readonly system: RuleSystem;
}

/** The rules in the user settings. Changes apply to runs in progress. */
export class UserRules {
  readonly #options: UserRulesOptions;
  #text: string | undefined;
  /** Whether the setting may have changed since it was read. VS Code takes longer to read it than rules to decide. */
  #isStale = true;
  #rules: readonly Rule[] = [];
  #problems: readonly RuleProblem[] = [];

  constructor(options: UserRulesOptions) {
    this.#options = options;
  }

  /** Throws a `HostError` while the setting has an error, because rules that deny could be missing. */
  check(): void {
    const error = this.problems().find(({ severity }) => severity === 'error');
    if (error === undefined) return;
    const text = `The setting interleave.rules has an error. Line ${error.line + 1}: ${error.message}`;
    const remedy = { title: 'Show Rule Problems', command: commands.showRuleProblems };
    throw new HostError(text, [remedy]);
  }

  /** What is wrong with the setting now. */
  problems(): readonly RuleProblem[] {
    this.#read();
    return this.#problems;
  }

  /** The current rules; while the setting has an error, the last valid ones. */
  readonly current = (): readonly Rule[] => {
    this.#read();
    return this.#rules;
  };

  /** The setting may have changed. */
  changed(): void {
    this.#isStale = true;
  }

  #read(): void {
    if (!this.#isStale) return;
    this.#isStale = false;
    const { lines, tools, system } = this.#options;
    const text = lines().join('\n');
    if (text === this.#text) return;
    this.#text = text;
    const { rules, problems } = readRules(text, { place: 'settings', tools, system });
    this.#problems = problems;
    if (rules !== undefined) this.#rules = rules;
  }
}
