import * as path from 'node:path';
import { folderKey } from '../core/base/pathKey.ts';
import type { AgentFileOptions } from '../core/prompts/agentFile.ts';
import { parseAgentFile } from '../core/prompts/agentFile.ts';
import type { AgentSearch } from '../core/prompts/agentFiles.ts';
import { agentPlaces, findAgents, folderOf } from '../core/prompts/agentFiles.ts';
import { inDocumentOrder } from '../core/prompts/diagnostics.ts';
import type { PromptDiagnostic, PromptFile } from '../core/prompts/prompt.ts';
import { pricedModels } from '../core/providers/models/prices.ts';
import { AgentDirectory } from '../core/runner/agentDirectory.ts';
import { problemsOfAgent, problemsOfPrompts } from '../core/runner/agentProblems.ts';
import type { ChosenAgents } from '../core/runner/chooseAgents.ts';
import { chooseAgents, namesAgents } from '../core/runner/chooseAgents.ts';
import type { RunRequest } from '../core/runner/runRequest.ts';
import { ownAgentFolder } from '../shared/agentFileName.ts';
import { promptFileKind } from '../shared/promptFileName.ts';
import { placeOfUri, virtualAgentFiles } from './virtualFiles.ts';

/** What `AgentFiles` needs. */
export interface AgentFilesOptions {
  /** The current workspace folders: paths on disk or URIs. */
  folders(): readonly string[];
  /** The user's home folder, where agent files of their own are. */
  readonly homePath: string;
  /** The current tools and limits. */
  reading(): Pick<AgentFileOptions, 'knownTools' | 'maxBytes'>;
}

/** The agent files of the window, on disk and on other file systems. They are read anew each time. */
export class AgentFiles {
  readonly #options: AgentFilesOptions;

  constructor(options: AgentFilesOptions) {
    this.#options = options;
  }

  /** The agents of these files and of the workspace, and what could not be read. */
  find(uris: readonly string[], besides: readonly string[] = []): Promise<AgentSearch> {
    const { folders, homePath, reading } = this.#options;
    const own = path.join(homePath, ...ownAgentFolder.split('/'));
    const places = [
      ...agentPlaces(folders(), uris.map(placeOfUri)),
      { folder: own, within: own },
      ...besides.map((folder) => ({ folder, within: folder })),
    ];
    return findAgents(places, { ...reading(), virtual: virtualAgentFiles });
  }

  /** The request with the agents that its prompts name. Rejects with a `UserError` for one that is not there. */
  async choose(request: RunRequest): Promise<ChosenAgents> {
    if (!namesAgents(request)) return { request, remarks: [] };
    const uris = request.prompts.flatMap(({ source }) => source?.uri ?? []);
    const found = await this.find([...new Set(uris)]);
    const chosen = chooseAgents(request, new AgentDirectory(found.agents));
    return { ...chosen, remarks: [...found.remarks, ...chosen.remarks] };
  }

  /** What is wrong with an agent file, whose text may not be saved yet. */
  async checkFile(text: string, uri: string): Promise<readonly PromptDiagnostic[]> {
    const file = placeOfUri(uri);
    const options = { ...this.#options.reading(), knownModels: pricedModels };
    const { agent, mentions, diagnostics, ...flags } = parseAgentFile(text, file, options);
    if (agent === undefined || mentions.length === 0) return diagnostics;
    const found = await this.find([uri], [folderOf(file)]);
    const others = found.agents.filter((one) => folderKey(one.file) !== folderKey(file));
    const own = { ...flags, file, definition: agent, remarks: [] };
    const directory = new AgentDirectory([...others, own]);
    return inDocumentOrder([...diagnostics, ...problemsOfAgent(own, mentions, directory)]);
  }

  /** What is wrong with a prompt file, the names of agents included. */
  async checkPrompts(
    { diagnostics, agents = [] }: PromptFile,
    uri: string,
  ): Promise<readonly PromptDiagnostic[]> {
    if (agents.length === 0) return diagnostics;
    const found = await this.find([uri]);
    const isOfChat = promptFileKind(uri) === 'one';
    const directory = new AgentDirectory(found.agents);
    return inDocumentOrder([...diagnostics, ...problemsOfPrompts(agents, directory, { isOfChat })]);
  }
}
