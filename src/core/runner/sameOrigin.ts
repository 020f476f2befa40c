import type { RunStarted } from '../../shared/conversationEvents.ts';
import type { PlannedConversation } from '../../shared/plannedRun.ts';
import { plural } from '../../shared/quantities.ts';
import type { OriginAgent, OriginFolder } from '../../shared/runOrigin.ts';
import { UserError } from '../base/errors.ts';
import { folderKey } from '../base/pathKey.ts';
import { quoted } from '../base/text.ts';
import type { RunPlan } from './runPlan.ts';

/** How paths are compared. */
type PathFlavour = Parameters<typeof folderKey>[1];

/** The folders of a run that are not among those that are open here. */
export function missingFolders(
  made: readonly OriginFolder[],
  open: readonly OriginFolder[],
  flavour?: PathFlavour,
): readonly OriginFolder[] {
  const keys = new Set(open.map(({ path }) => folderKey(path, flavour)));
  return made.filter(({ path }) => !keys.has(folderKey(path, flavour)));
}

type PlannedRun = Pick<RunPlan, 'origin' | 'items'>;

/**
 * Throws a `UserError` unless every conversation of a run that goes on would be answered by the provider,
 * model and endpoint that it was started with.
 */
export function checkAnswerers(started: RunStarted, plan: PlannedRun): void {
  for (const [index, before] of started.conversations.entries()) {
    if (before.lost) continue;
    const now = plan.items[index]?.planned;
    const was = answerer(before, started.origin?.agents);
    const is = now && answerer(now, plan.origin.agents, was.endpoint !== undefined);
    if (is?.text === was.text) continue;
    const name = quoted(before.name, maxName);
    throw new UserError(
      `${name} was started with ${was.text}, but would go on with ${is?.text ?? 'nothing'}. Nothing was sent. Start its prompt as a new run.`,
    );
  }
  checkAgents(started.origin?.agents ?? [], plan.origin.agents);
}

/** The same for the agents that conversations may be handed over to, or ask. */
function checkAgents(before: readonly OriginAgent[], now: readonly OriginAgent[]): void {
  const known = new Set(now.map(agentWords));
  for (const agent of before) {
    if (agent.name === undefined || known.has(agentWords(agent))) continue;
    const is = now.find(({ name }) => name === agent.name);
    throw new UserError(
      `The agent ${agentWords(agent)} of this run would be ${is === undefined ? 'missing' : agentWords(is)} now. Nothing was sent. Start its prompts as a new run.`,
    );
  }
}

function agentWords({ name = '', provider, model, endpoint }: OriginAgent): string {
  const at = endpoint === undefined ? '' : ` at ${endpoint}`;
  return `${quoted(name, maxName)} (${provider}, model ${model}${at})`;
}

/** UTF-16 units of a prompt's name in a message. */
const maxName = 80;

interface Answerer {
  readonly text: string;
  readonly endpoint: string | undefined;
}

function answerer(
  { provider, model, agent }: PlannedConversation,
  agents: readonly OriginAgent[] | undefined,
  namesEndpoint = true,
): Answerer {
  const endpoint = agents?.[agent ?? -1]?.endpoint;
  const at = endpoint === undefined || !namesEndpoint ? '' : ` at ${endpoint}`;
  return { text: `${provider}, model ${model}${at}`, endpoint };
}

/**
 * Says what a resumed run sends differently from what it sent when it started. Undefined when nothing differs,
 * or when the run is of an earlier version that saved no hashes.
 */
export function changeNote(started: RunStarted, plan: PlannedRun): string | undefined {
  const { origin, conversations } = started;
  if (origin === undefined) return undefined;
  let prompts = 0;
  const changed = new Set<string>();
  for (const [index, before] of conversations.entries()) {
    if (before.lost) continue;
    const now = plan.items[index]?.planned;
    const wasAgent = origin.agents[before.agent ?? -1];
    const isAgent = plan.origin.agents[now?.agent ?? -1];
    if (before.promptHash !== now?.promptHash) prompts++;
    if (wasAgent?.systemPromptHash !== isAgent?.systemPromptHash) changed.add('the system prompt');
    if (wasAgent?.toolsHash !== isAgent?.toolsHash) changed.add('the descriptions of the tools');
  }
  if (prompts > 0) changed.add(plural(prompts, 'prompt'));
  if (changed.size === 0) return undefined;
  const versions = versionWords(origin.program.version, plan.origin.program.version);
  return `${versions}What it sends from now on is not what it sent when it was started: ${[...changed].join(', ')}. Complete turns stay as they are.`;
}

function versionWords(before: string, now: string): string {
  if (before === now) return '';
  return `This run was started with version ${before} of Interleave and goes on with ${now}. `;
}
