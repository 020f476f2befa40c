import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../core/base/errors.ts';
import { visibleText } from '../core/base/text.ts';
import type { AgentSearch } from '../core/prompts/agentFiles.ts';
import { agentPlaces, findAgents, readAgentFile } from '../core/prompts/agentFiles.ts';
import { AgentDirectory } from '../core/runner/agentDirectory.ts';
import { chooseAgents, namesAgents } from '../core/runner/chooseAgents.ts';
import type { RunRequest } from '../core/runner/runRequest.ts';
import { isAgentFileName, ownAgentFolder } from '../shared/agentFileName.ts';
import { fileProblem } from './fileProblem.ts';
import type { RunCommandServices } from './runServices.ts';
import { toolEffects } from './toolEffects.ts';

/**
 * The request with the agents that its prompts name; prompts that name none get the one that was given, by its
 * name or its file. Throws a `UserError` for one that is not there.
 */
export async function withAgents(
  request: RunRequest,
  given: string | undefined,
  services: RunCommandServices,
): Promise<RunRequest> {
  const { terminal, folder, home } = services;
  if (given === undefined && !namesAgents(request)) return request;
  const options = { knownTools: toolEffects(services) };
  const own = path.join(home, ...ownAgentFolder.split('/'));
  const named =
    given !== undefined && isAgentFileName(given) ? path.resolve(folder, given) : undefined;
  const first = named === undefined ? nothing : await readNamed(named, options);
  const found = await findAgents(
    [
      ...agentPlaces([folder], filesOf(request)),
      { folder: own, within: own },
      ...(named === undefined ? [] : [besides(named)]),
    ],
    options,
  );
  // A file that is in one of the folders is among those that were found, too.
  const others = found.agents.filter(({ file }) => file !== named);
  const agent = first.agents[0]?.definition.name ?? given ?? '';
  const chosen = chooseAgents(
    { ...request, settings: { ...request.settings, agent } },
    new AgentDirectory([...first.agents, ...others]),
  );
  for (const line of [...found.remarks, ...chosen.remarks]) terminal.err(`${visibleText(line)}\n`);
  return chosen.request;
}

const nothing: AgentSearch = { agents: [], remarks: [] };

function besides(file: string) {
  const folder = path.dirname(file);
  return { folder, within: folder };
}

async function readNamed(
  file: string,
  options: Parameters<typeof readAgentFile>[1],
): Promise<AgentSearch> {
  const read = await readAgentFile(file, options).catch((error: unknown) => {
    throw new UserError(`${file} ${fileProblem(error)}. Nothing was sent.`);
  });
  if (read.agents.length > 0) return read;
  throw new UserError([...read.remarks, 'Nothing was sent.'].join('\n'));
}

/** The files of the prompts on this machine's disk. */
function filesOf({ prompts }: RunRequest): readonly string[] {
  const uris = prompts.flatMap(({ source }) => source?.uri ?? []);
  return [...new Set(uris)]
    .filter((uri) => uri.startsWith('file:'))
    .map((uri) => fileURLToPath(uri));
}
