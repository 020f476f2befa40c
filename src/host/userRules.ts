import { readRules } from '../core/approvals/rules/readRules.ts';
import type { Rule } from '../core/approvals/rules/rule.ts';
import type { RuleSystem } from '../core/approvals/rules/ruleSystem.ts';
import type { KnownTools } from '../core/approvals/rules/ruleTools.ts';
import { UserError } from '../core/base/errors.ts';

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
  #rules: readonly Rule[] = [];
  #problem: string | undefined;

  constructor(options: UserRulesOptions) {
    this.#options = options;
  }

  /** Throws a `UserError` while the setting has an error, because rules that deny could be missing. */
  check(): void {
    this.#read();
    if (this.#problem === undefined) return;
    throw new UserError(`The setting interleave.rules has an error. ${this.#problem}`);
  }

  /** The current rules; while the setting has an error, the last valid ones. */
  readonly current = (): readonly Rule[] => {
    this.#read();
    return this.#rules;
  };

  #read(): void {
    const { lines, tools, system } = this.#options;
    const text = lines().join('\n');
    if (text === this.#text) return;
    this.#text = text;
    const { rules, problems } = readRules(text, { place: 'settings', tools, system });
    const error = problems.find(({ severity }) => severity === 'error');
    this.#problem = error && `Line ${error.line + 1}: ${error.message}`;
    if (rules !== undefined) this.#rules = rules;
  }
}
