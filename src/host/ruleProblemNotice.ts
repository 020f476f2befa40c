import * as vscode from 'vscode';
import { plural } from '../shared/quantities.ts';
import type { Configuration } from './configuration.ts';
import { commands } from './contributionIds.ts';
import type { Engine } from './engine.ts';
import type { Lazy } from './lazy.ts';
import type { Log } from './log.ts';
import { showMessage } from './messages.ts';
import type { RuleProblem } from './ruleFiles.ts';

/** What `RuleProblemNotice` needs. */
export interface RuleProblemNoticeOptions {
  readonly configuration: Pick<Configuration, 'onDidChange' | 'rules'>;
  readonly engine: Pick<Lazy<Pick<Engine, 'ruleProblems'>>, 'get'>;
  readonly log: Pick<Log, 'error' | 'note'>;
}

/** Tells of problems in the rules of the user settings after these were changed: in the log and, once, as a message. */
export class RuleProblemNotice implements vscode.Disposable {
  readonly #options: RuleProblemNoticeOptions;
  readonly #subscription: vscode.Disposable;
  #told: string;

  constructor(options: RuleProblemNoticeOptions) {
    const { configuration, log } = options;
    this.#options = options;
    // What was there at the start is told when a run begins.
    this.#told = this.#text();
    this.#subscription = configuration.onDidChange(
      () => void this.#look().catch((error: unknown) => log.error(error)),
    );
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #text(): string {
    return this.#options.configuration.rules().join('\n');
  }

  async #look(): Promise<void> {
    const { engine, log } = this.#options;
    const text = this.#text();
    if (text === this.#told || !vscode.workspace.isTrusted) return;
    this.#told = text;
    if (text === '') return;
    const problems = (await engine.get()).ruleProblems();
    // Another change came meanwhile: it tells.
    if (this.#told !== text || problems.length === 0) return;
    for (const problem of problems) log.note(`interleave.rules: ${ruleProblemWords(problem)}`);
    if ((await showMessage('warning', summary(problems), [show])) === show) {
      await vscode.commands.executeCommand(commands.showRuleProblems);
    }
  }
}

const show = 'Show Rule Problems';

function summary(problems: readonly RuleProblem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const rest = errors > 0 ? ' No run starts until they are fixed.' : '';
  const count = errors > 0 ? plural(errors, 'error') : plural(problems.length - errors, 'warning');
  return `The setting interleave.rules has ${count}.${rest}`;
}

/** `Line 2: error: …`. */
export function ruleProblemWords({ line, severity, message }: RuleProblem): string {
  return `Line ${line + 1}: ${severity}: ${message}`;
}
