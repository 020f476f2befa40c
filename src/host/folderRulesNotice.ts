import * as vscode from 'vscode';
import { plural } from '../shared/quantities.ts';
import { workspaceRulesFile } from '../shared/workspaceRulesFile.ts';
import { commands } from './contributionIds.ts';
import { DisposableStore } from './disposables.ts';
import type { Log } from './log.ts';
import { showMessage } from './messages.ts';
import { ruleProblemWords } from './ruleProblemNotice.ts';
import type { FolderRules } from './workspaceRules.ts';

/** What `FolderRulesNotice` needs. */
export interface FolderRulesNoticeOptions {
  readonly log: Pick<Log, 'error' | 'note'>;
  /** The rules of all folders as they are now; undefined as long as nothing has been run or checked. */
  refresh(): Promise<readonly FolderRules[] | undefined>;
}

const rulesGlob = `**/${workspaceRulesFile}`;

/** Tells which rules of workspace folders do not count: in the log and, once for each text, as a message. */
export class FolderRulesNotice implements vscode.Disposable {
  readonly #options: FolderRulesNoticeOptions;
  readonly #disposables = new DisposableStore();
  readonly #told = new Set<string>();

  constructor(options: FolderRulesNoticeOptions) {
    this.#options = options;
    const files = this.#disposables.add(vscode.workspace.createFileSystemWatcher(rulesGlob));
    const look = (): void => void this.#look().catch((error: unknown) => options.log.error(error));
    for (const listening of [files.onDidCreate(look), files.onDidChange(look)]) {
      this.#disposables.add(listening);
    }
  }

  /** Tells of what is not counted in these files. Does not wait for the user. */
  tell(found: readonly FolderRules[]): void {
    for (const one of found) {
      const key = JSON.stringify([one.file, one.state, one.hash, one.why]);
      if (this.#told.has(key)) continue;
      this.#told.add(key);
      for (const line of remarksOn(one)) this.#options.log.note(line);
      if (one.state !== 'accepted') {
        void ask(one).catch((error: unknown) => this.#options.log.error(error));
      }
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #look(): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    const found = (await this.#options.refresh()) ?? [];
    this.tell(found.filter(({ state, problems }) => state !== 'accepted' || problems.length > 0));
  }
}

const review = 'Review Rules…';

async function ask(found: FolderRules): Promise<void> {
  if ((await showMessage('information', stateWords(found), [review])) === review) {
    await vscode.commands.executeCommand(commands.reviewWorkspaceRules);
  }
}

/** Whether the rules of a folder count, and why not, in one sentence or two. */
export function stateWords({ folder, rules, state, why, problems }: FolderRules): string {
  const whose = `The folder "${folder.name}" brings rules for tool calls`;
  if (why !== undefined) return `${whose}. They do not count: the file ${why}.`;
  if (state === 'unusable') {
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    return `${whose}. They do not count: the file has ${plural(errors, 'error')}.`;
  }
  const count = `${whose} (${countWords(rules)})`;
  if (state === 'accepted') return `${count}. They count: you have accepted them.`;
  return `${count}. They do not count before you accept them.`;
}

/** `3 deny, 1 asks`. */
export function countWords(rules: FolderRules['rules']): string {
  const denies = rules.filter(({ effect }) => effect === 'deny').length;
  const asks = rules.length - denies;
  return `${denies} ${denies === 1 ? 'denies' : 'deny'}, ${asks} ${asks === 1 ? 'asks' : 'ask'}`;
}

function remarksOn(found: FolderRules): readonly string[] {
  const { file, state, problems } = found;
  const problemLines = problems.map((problem) => `${file}: ${ruleProblemWords(problem)}`);
  return [...(state === 'accepted' ? [] : [stateWords(found)]), ...problemLines];
}
