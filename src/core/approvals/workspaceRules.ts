import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { workspaceRulesFile } from '../../shared/workspaceRulesFile.ts';
import { codeOf } from '../base/errors.ts';
import { readRegularFile } from '../base/readRegularFile.ts';
import { UnusableFileError } from '../base/unusableFile.ts';
import type { RuleReading } from './rules/parseRule.ts';
import type { RuleFile } from './rules/readRules.ts';
import { readRules } from './rules/readRules.ts';

/** Max size of the file, in bytes. It comes from whoever made the folder, and is read before every run. */
export const maxWorkspaceRulesBytes = 100_000;

/** The file of a folder as it is now. `why` completes `<name of the file> …`. */
export type WorkspaceRulesText =
  | { readonly kind: 'none' }
  | { readonly kind: 'unusable'; readonly why: string }
  | { readonly kind: 'text'; readonly text: string; readonly hash: string };

/** Reads the rules file of a folder on this machine's disk, never through a link out of the folder. Never rejects. */
export async function readWorkspaceRulesText(folder: string): Promise<WorkspaceRulesText> {
  const file = path.join(folder, ...workspaceRulesFile.split('/'));
  const limits = { maxBytes: maxWorkspaceRulesBytes, within: folder, links: 'refuse' } as const;
  return workspaceRulesText(() => readRegularFile(file, limits));
}

/** The same of any file system. */
export async function workspaceRulesText(
  read: () => Promise<Uint8Array>,
): Promise<WorkspaceRulesText> {
  try {
    const bytes = await read();
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { kind: 'text', text, hash: createHash('sha256').update(bytes).digest('hex') };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'FileNotFound'].includes(codeOf(error) ?? ''))
      return { kind: 'none' };
    if (error instanceof UnusableFileError) return { kind: 'unusable', why: error.message };
    const isText = error instanceof TypeError;
    return { kind: 'unusable', why: isText ? 'is not text in UTF-8' : 'cannot be read' };
  }
}

/** Reads the rules that a workspace brings. They deny or ask; those that allow are left out, each with a warning. */
export function readWorkspaceRules(text: string, reading: Omit<RuleReading, 'place'>): RuleFile {
  return readRules(text, { ...reading, place: 'workspace' });
}
