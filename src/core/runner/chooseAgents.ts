import { promptFileKind } from '../../shared/promptFileName.ts';
import { parsePromptId } from '../../shared/promptId.ts';
import type { FoundAgent } from '../base/agentDefinition.ts';
import { quoted } from '../base/text.ts';
import type { AgentDirectory } from './agentDirectory.ts';
import type { RunPrompt, RunRequest } from './runRequest.ts';

/** A request with its agents, and what the user should know of them. */
export interface ChosenAgents {
  readonly request: RunRequest;
  readonly remarks: readonly string[];
}

/** Whether some prompt is to be answered by an agent. */
export function namesAgents({ prompts, settings }: RunRequest): boolean {
  return settings.agent !== '' || prompts.some(({ options }) => options.agent !== undefined);
}

/**
 * Puts into a request the agents that its prompts name, and those that they lead to. Throws a `UserError` for a
 * name that no agent has, or several have.
 */
export function chooseAgents(request: RunRequest, directory: AgentDirectory): ChosenAgents {
  const { agents: _, prompts: asked, settings, ...rest } = request;
  const remarks: string[] = [];
  const first = new Set<FoundAgent>();
  const find = (name: string): string => {
    const found = directory.named(name);
    if (found === undefined) throw directory.unknown(name);
    first.add(found);
    return found.definition.name;
  };
  const prompts = asked.map((prompt): RunPrompt => {
    const { agent: name, ...options } = prompt.options;
    if (name === undefined) return prompt;
    if (isOfChat(prompt) && directory.named(name) === undefined) {
      remarks.push(
        `${prompt.id} names the agent ${quoted(name)}, which is not there: it is answered without.`,
      );
      return { ...prompt, options };
    }
    return { ...prompt, options: { ...options, agent: find(name) } };
  });
  const isUsed = prompts.some(({ options }) => options.agent === undefined);
  const agent = settings.agent === '' || !isUsed ? '' : find(settings.agent);
  const reachable = directory.reachableFrom([...first]);
  const agents = reachable.definitions;
  return {
    request: {
      ...{ ...rest, prompts, settings: { ...settings, agent } },
      ...(agents.length === 0 ? {} : { agents }),
    },
    remarks: [...reachable.remarks, ...remarks],
  };
}

/** What is written for VS Code's chat may name an agent that only the chat has. */
function isOfChat({ id }: RunPrompt): boolean {
  return promptFileKind(parsePromptId(id).file) === 'one';
}
