import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isFolderUri } from '../core/base/pathKey.ts';
import type { OfferedTools } from '../core/base/toolEffect.ts';
import type { AgentSearch } from '../core/prompts/agentFiles.ts';
import { agentPlaces, findAgents } from '../core/prompts/agentFiles.ts';
import { parsePromptFile } from '../core/prompts/parsePromptFile.ts';
import type { PromptFile } from '../core/prompts/prompt.ts';
import { readPromptFile } from '../core/prompts/readPromptFile.ts';
import type { SelectedText } from '../core/prompts/selection.ts';
import { promptsFromSelection } from '../core/prompts/selection.ts';
import { AgentDirectory } from '../core/runner/agentDirectory.ts';
import type { ChosenAgents } from '../core/runner/chooseAgents.ts';
import { chooseAgents, namesAgents } from '../core/runner/chooseAgents.ts';
import type { RunRequest } from '../core/runner/runRequest.ts';
import { offeredTools } from '../core/tools/toolBox.ts';
import { ownAgentFolder } from '../shared/agentFileName.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';
import type { Configuration } from './configuration.ts';
import type { Toolsets } from './toolsets.ts';

/** What `PromptReader` needs. */
export interface PromptReaderOptions {
  /** The current workspace folders. */
  folders(): readonly OriginFolder[];
  /** The user's home folder, where agent files of their own are. */
  readonly homePath: string;
  readonly configuration: Pick<Configuration, 'limits'>;
}

/** Reads prompts and agents, with the size limit of the settings and the tools of the window. */
export class PromptReader {
  readonly #options: PromptReaderOptions;
  readonly #toolsets: Toolsets;

  constructor(options: PromptReaderOptions, toolsets: Toolsets) {
    this.#options = options;
    this.#toolsets = toolsets;
  }

  /** Parses the text of a prompt file. `file` is the file part of its prompts' ids. */
  parseFile(text: string, file: string): PromptFile {
    return parsePromptFile(text, file, { knownTools: this.#knownTools, maxBytes: this.#maxBytes });
  }

  /**
   * Reads a prompt file from disk. Resolves with a `PromptFile` that has an error and no prompts if the file must
   * not be read: it is too large, not a regular file, or a link out of the folder `within`.
   */
  readFile(file: string, within: string | undefined): Promise<string | PromptFile> {
    const maxBytes = this.#maxBytes;
    return readPromptFile(file, { maxBytes, ...(within === undefined ? {} : { within }) });
  }

  /** Parses a selected text as one prompt. */
  parseSelection(text: string, selected: SelectedText): PromptFile {
    return promptsFromSelection(text, selected, this.#maxBytes);
  }

  /** The agents of these prompts and of the workspace, and what could not be read. */
  findAgents(promptUris: readonly string[]): Promise<AgentSearch> {
    const { folders, homePath } = this.#options;
    const roots = folders().flatMap(({ path: root }) => (isFolderUri(root) ? [] : [root]));
    const files = promptUris.flatMap((uri) =>
      uri.startsWith('file:') ? [fileURLToPath(uri)] : [],
    );
    const own = path.join(homePath, ...ownAgentFolder.split('/'));
    const places = [...agentPlaces(roots, files), { folder: own, within: own }];
    return findAgents(places, { knownTools: this.#knownTools, maxBytes: this.#maxBytes });
  }

  /** The request with the agents that its prompts name. Rejects with a `UserError` for one that is not there. */
  async withAgents(request: RunRequest): Promise<ChosenAgents> {
    if (!namesAgents(request)) return { request, remarks: [] };
    const uris = request.prompts.flatMap(({ source }) => source?.uri ?? []);
    const found = await this.findAgents([...new Set(uris)]);
    const chosen = chooseAgents(request, new AgentDirectory(found.agents));
    return { ...chosen, remarks: [...found.remarks, ...chosen.remarks] };
  }

  /** The tools that conversations can use. */
  get #knownTools(): OfferedTools {
    return offeredTools(this.#toolsets.forFolders([]).tools);
  }

  get #maxBytes(): number {
    return this.#options.configuration.limits().promptKB * 1000;
  }
}
