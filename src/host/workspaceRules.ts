import * as path from 'node:path';
import type * as vscode from 'vscode';
import type { RuleReading } from '../core/approvals/rules/parseRule.ts';
import type { Rule, RuleProblem } from '../core/approvals/rules/rule.ts';
import type { WorkspaceRulesText } from '../core/approvals/workspaceRules.ts';
import {
  maxWorkspaceRulesBytes,
  readWorkspaceRules,
  readWorkspaceRulesText,
  workspaceRulesText,
} from '../core/approvals/workspaceRules.ts';
import { folderKey, isFolderUri } from '../core/base/pathKey.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';
import { workspaceRulesFile } from '../shared/workspaceRulesFile.ts';
import { placeOfUri, readVirtualFile } from './virtualFiles.ts';

/** What `WorkspaceRules` needs. */
export interface WorkspaceRulesOptions {
  /** The current workspace folders. */
  folders(): readonly OriginFolder[];
  /** The workspace state: which texts the user has accepted. */
  readonly memory: Pick<vscode.Memento, 'get' | 'update'>;
  /** What rules of a folder are read with. */
  reading(folder: OriginFolder): Omit<RuleReading, 'place'>;
  /** Called when other rules count from now on. */
  onDidChange(): void;
}

/** The rules that one workspace folder brings. */
export interface FolderRules {
  readonly folder: OriginFolder;
  /** The file: a path on disk or a URI. */
  readonly file: string;
  /**
   * `accepted`: its rules count. `waiting`: the user has not accepted this very text. `unusable`: it cannot be read
   * or has errors, so that it cannot be accepted.
   */
  readonly state: 'accepted' | 'waiting' | 'unusable';
  /** Of the text; empty where it cannot be read. */
  readonly hash: string;
  /** Those that deny or ask, as they are written. */
  readonly rules: readonly FolderRule[];
  /** What is wrong, with a warning for each rule that allows: it is left out. */
  readonly problems: readonly RuleProblem[];
  /** Why it cannot be read; completes `<name of the file> …`. */
  readonly why?: string;
}

/** One rule that a folder brings. */
export type FolderRule = Pick<Rule, 'effect' | 'text' | 'line'>;

const acceptedKey = 'interleave.acceptedRules';

interface Counting {
  readonly hash: string;
  readonly rules: readonly Rule[];
}

/** Hashes of the accepted texts by the path or URI of their folder. */
type Accepted = { readonly [folder: string]: string };

/**
 * The rules that workspace folders bring. They can deny and ask, never allow. They count after the user accepted
 * their very text. When the file changes, what was accepted counts on until the window closes or the user accepts the
 * new text: whoever can change the file could otherwise remove a rule that denies.
 */
export class WorkspaceRules {
  readonly #options: WorkspaceRulesOptions;
  /** The rules that count, by folder. */
  readonly #counting = new Map<string, Counting>();

  constructor(options: WorkspaceRulesOptions) {
    this.#options = options;
  }

  /** The rules that count. */
  readonly current = (): readonly Rule[] =>
    [...this.#counting.values()].flatMap(({ rules }) => rules);

  /** The folder whose rules are in the file with this URI. */
  folderOf(uri: string): OriginFolder | undefined {
    const key = folderKey(placeOfUri(uri));
    return this.#options.folders().find(({ path }) => folderKey(fileOf(path)) === key);
  }

  /** Reads the files of all folders. Resolves with those that are there. */
  async refresh(): Promise<readonly FolderRules[]> {
    const folders = this.#options.folders();
    const found = await Promise.all(folders.map((folder) => this.#read(folder)));
    return found.flatMap((one) => one ?? []);
  }

  /**
   * Makes the text with this hash count from now on. Resolves with false, and changes nothing, when the file has
   * another text by now.
   */
  async accept({ folder, hash }: Pick<FolderRules, 'folder' | 'hash'>): Promise<boolean> {
    const now = await this.#find(folder);
    if (now?.hash !== hash || now.state === 'unusable') return false;
    await this.#remember(folder, hash);
    return (await this.#find(folder))?.state === 'accepted';
  }

  /** Takes an acceptance back. */
  async withdraw({ folder }: Pick<FolderRules, 'folder'>): Promise<void> {
    await this.#remember(folder, undefined);
    this.#counting.delete(folder.path);
    this.#options.onDidChange();
    await this.refresh();
  }

  #count(folder: OriginFolder, counting: Counting): void {
    if (this.#counting.get(folder.path)?.hash === counting.hash) return;
    this.#counting.set(folder.path, counting);
    this.#options.onDidChange();
  }

  async #find({ path: folder }: OriginFolder): Promise<FolderRules | undefined> {
    return (await this.refresh()).find((one) => one.folder.path === folder);
  }

  async #read(folder: OriginFolder): Promise<FolderRules | undefined> {
    const read = await textOf(folder.path);
    if (read.kind === 'none') return undefined;
    const about = { folder, file: fileOf(folder.path) };
    if (read.kind === 'unusable') {
      const { why } = read;
      return { ...about, state: 'unusable', hash: '', rules: [], problems: [], why };
    }
    const { text, hash } = read;
    const { rules, problems } = readWorkspaceRules(text, this.#options.reading(folder));
    if (rules === undefined) return { ...about, state: 'unusable', hash, rules: [], problems };
    const isAccepted = this.#accepted()[folder.path] === hash;
    if (isAccepted) this.#count(folder, { hash, rules });
    return { ...about, state: isAccepted ? 'accepted' : 'waiting', hash, rules, problems };
  }

  #accepted(): Accepted {
    const kept: unknown = this.#options.memory.get(acceptedKey);
    return typeof kept === 'object' && kept !== null ? (kept as Accepted) : {};
  }

  async #remember({ path: folder }: OriginFolder, hash: string | undefined): Promise<void> {
    const { [folder]: _, ...others } = this.#accepted();
    const accepted = hash === undefined ? others : { ...others, [folder]: hash };
    await this.#options.memory.update(acceptedKey, accepted);
  }
}

function fileOf(folder: string): string {
  if (isFolderUri(folder)) return `${folder.replace(/\/+$/, '')}/${workspaceRulesFile}`;
  return path.join(folder, ...workspaceRulesFile.split('/'));
}

function textOf(folder: string): Promise<WorkspaceRulesText> {
  if (!isFolderUri(folder)) return readWorkspaceRulesText(folder);
  return workspaceRulesText(() => readVirtualFile(fileOf(folder), maxWorkspaceRulesBytes));
}
