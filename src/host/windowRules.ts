import { readRules } from '../core/approvals/rules/readRules.ts';
import type { Rule, RuleProblem } from '../core/approvals/rules/rule.ts';
import { ruleSystemOf } from '../core/approvals/rules/ruleSystem.ts';
import type { KnownTools } from '../core/approvals/rules/ruleTools.ts';
import { knownTools } from '../core/approvals/rules/ruleTools.ts';
import { readWorkspaceRules } from '../core/approvals/workspaceRules.ts';
import { isFolderUri } from '../core/base/pathKey.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';
import type { Toolsets } from './toolsets.ts';
import type { UserRulesOptions } from './userRules.ts';
import { UserRules } from './userRules.ts';
import type { WorkspaceRulesOptions } from './workspaceRules.ts';
import { WorkspaceRules } from './workspaceRules.ts';

/** The tools and the operating system, to read rules with. */
type RuleReading = Pick<UserRulesOptions, 'tools' | 'system'>;

/** What `WindowRules` needs. */
export interface WindowRulesOptions extends Omit<WorkspaceRulesOptions, 'reading'> {
  readonly toolsets: Toolsets;
  /** The current lines of the setting. */
  lines(): readonly string[];
}

/** The rules for tool calls of a window: those of the user settings and those of workspace folders. */
export class WindowRules {
  readonly #options: WindowRulesOptions;
  readonly #reading: RuleReading;
  readonly ofUser: UserRules;
  readonly ofFolders: WorkspaceRules;

  constructor(options: WindowRulesOptions) {
    this.#options = options;
    const tools = knownTools(options.toolsets.forFolders([]).tools);
    this.#reading = { tools, system: ruleSystemOf(process.platform) };
    this.ofUser = new UserRules({ ...this.#reading, lines: () => options.lines() });
    this.ofFolders = new WorkspaceRules({
      ...{ folders: () => options.folders(), memory: options.memory },
      reading: (folder) => this.#readingBelow(folder),
      onDidChange: () => options.onDidChange(),
    });
  }

  /** The tools that rules can name. */
  get knownTools(): KnownTools {
    return this.#reading.tools;
  }

  /** All rules that count now. */
  readonly current = (): readonly Rule[] => [...this.ofUser.current(), ...this.ofFolders.current()];

  /** What is wrong with a file of rules. */
  checkFile(text: string, uri: string): readonly RuleProblem[] {
    const folder = this.ofFolders.folderOf(uri);
    if (folder === undefined) return readRules(text, { place: 'run', ...this.#reading }).problems;
    return readWorkspaceRules(text, this.#readingBelow(folder)).problems;
  }

  /** Paths in the rules of a workspace folder begin in that folder. */
  #readingBelow({ path: folder }: OriginFolder): RuleReading & { readonly below?: string } {
    const { toolsets, folders } = this.#options;
    const onDisk = folders().filter(({ path }) => !isFolderUri(path));
    const below = toolsets.forFolders(onDisk).pathOf(folder);
    return { ...this.#reading, ...(below === undefined ? {} : { below }) };
  }
}
