import { readdir } from 'node:fs/promises';
import * as path from 'node:path';
import { agentFolder, isAgentFileName } from '../../shared/agentFileName.ts';
import type { FoundAgent } from '../base/agentDefinition.ts';
import { isFolderUri } from '../base/pathKey.ts';
import { readRegularFile } from '../base/readRegularFile.ts';
import { UnusableFileError } from '../base/unusableFile.ts';
import type { AgentFileOptions } from './agentFile.ts';
import { parseAgentFile } from './agentFile.ts';
import { defaultMaxBytes } from './sourceText.ts';

/** Max agent files of one folder that are read. */
const maxFiles = 500;

/** A folder with agent files: a path on this machine's disk, or a URI of another file system. */
export interface AgentPlace {
  readonly folder: string;
  /** The folder that links must not lead out of. */
  readonly within: string;
}

/** The agents that were found, and why files were left out, a line each. */
export interface AgentSearch {
  readonly agents: readonly FoundAgent[];
  readonly remarks: readonly string[];
}

/** A file system with agent files. */
export interface AgentFileSource {
  /** The files in a folder, by their names; links may be among them. None for a folder that cannot be read. */
  filesIn(folder: string): Promise<readonly string[]>;
  /** Rejects with an `UnusableFileError` for a file that must not be read. */
  read(
    file: string,
    limits: { readonly maxBytes: number; readonly within?: string },
  ): Promise<Uint8Array>;
}

/** This machine's disk. */
const disk: AgentFileSource = {
  filesIn: async (folder) => {
    const names = await readdir(folder).catch(() => []);
    return names.sort().map((name) => path.join(folder, name));
  },
  read: (file, limits) => readRegularFile(file, limits),
};

/**
 * Where the agents of prompts are looked for: in the `.github/agents` of the folders that hold their files, up
 * to the root folder, and of all roots. All are paths on disk or URIs.
 */
export function agentPlaces(
  roots: readonly string[],
  promptFiles: readonly string[],
): readonly AgentPlace[] {
  const places = new Map<string, AgentPlace>();
  const add = (folder: string, within: string): void => {
    const inside = isFolderUri(folder)
      ? `${folder}/${agentFolder}`
      : path.join(folder, ...agentFolder.split('/'));
    places.set(inside, { folder: inside, within });
  };
  const tops = roots.map((root) => (isFolderUri(root) ? root.replace(/\/+$/, '') : root));
  for (const root of tops) add(root, root);
  for (const file of promptFiles) {
    const root = tops.find((one) => isInside(one, file));
    if (root === undefined) continue;
    for (let at = folderOf(file); isInside(root, at); at = folderOf(at)) add(at, root);
  }
  return [...places.values()];
}

function isInside(root: string, file: string): boolean {
  if (isFolderUri(root) || isFolderUri(file)) return file.startsWith(`${root}/`);
  const way = path.relative(root, file);
  return way !== '' && !path.isAbsolute(way) && way.split(path.sep)[0] !== '..';
}

/** The folder of a file, a path or a URI. */
export function folderOf(file: string): string {
  return isFolderUri(file) ? path.posix.dirname(file) : path.dirname(file);
}

/** How agent files are read. */
export interface AgentSearchOptions extends AgentFileOptions {
  /** Reads what has a URI; nothing is found there when absent. */
  readonly virtual?: AgentFileSource;
}

/** Reads the agent files of these folders, by name. A folder that is not there has none. Never rejects. */
export async function findAgents(
  places: readonly AgentPlace[],
  options: AgentSearchOptions = {},
): Promise<AgentSearch> {
  const found = await Promise.all(places.map((place) => agentsIn(place, options)));
  return joined(found);
}

/** Reads one agent file that was named itself. Rejects when it cannot be read. */
export async function readAgentFile(
  file: string,
  options: AgentFileOptions = {},
  { source = disk, within }: { readonly source?: AgentFileSource; readonly within?: string } = {},
): Promise<AgentSearch> {
  const { maxBytes = defaultMaxBytes } = options;
  const bytes = await source.read(file, {
    maxBytes,
    ...(within === undefined ? {} : { within }),
  });
  const text = new TextDecoder().decode(bytes);
  const { agent, diagnostics, isPickable, isForOthers } = parseAgentFile(text, file, options);
  const remarks = diagnostics
    .filter(({ severity }) => severity !== 'information')
    .map(({ severity, message, range }) => `${place(file, range)}: ${severity}: ${message}`);
  if (agent === undefined) return { agents: [], remarks };
  return {
    agents: [{ file, definition: agent, isPickable, isForOthers, remarks }],
    remarks: [],
  };
}

function place(file: string, { line, column }: { readonly line: number; readonly column: number }) {
  return `${file}:${line + 1}:${column + 1}`;
}

async function agentsIn(
  { folder, within }: AgentPlace,
  { virtual, ...options }: AgentSearchOptions,
): Promise<AgentSearch> {
  const source = isFolderUri(folder) ? virtual : disk;
  const all = (await source?.filesIn(folder)) ?? [];
  const files = all.filter(isAgentFileName).slice(0, maxFiles);
  const read = files.map((file) =>
    readAgentFile(file, options, { ...(source && { source }), within }).catch((error: unknown) =>
      leftOut(file, error),
    ),
  );
  return joined(await Promise.all(read));
}

function leftOut(file: string, error: unknown): AgentSearch {
  const why = error instanceof UnusableFileError ? error.message : 'cannot be read';
  return { agents: [], remarks: [`${file}:1:1: warning: This file ${why}. It is left out.`] };
}

function joined(found: readonly AgentSearch[]): AgentSearch {
  return {
    agents: found.flatMap(({ agents }) => agents),
    remarks: found.flatMap(({ remarks }) => remarks),
  };
}
