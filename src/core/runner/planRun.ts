import type { Answerer } from '../../shared/answerer.ts';
import { given } from '../../shared/given.ts';
import type { ModelPrice } from '../../shared/modelPrice.ts';
import type { PlannedConversation, RunAgent } from '../../shared/plannedRun.ts';
import type { OriginAgent, RunOrigin } from '../../shared/runOrigin.ts';
import { Agent } from '../agent/agent.ts';
import type { Team } from '../agent/team/team.ts';
import type { RunRules } from '../approvals/runRules.ts';
import { isUserError, UserError } from '../base/errors.ts';
import type { PromptOptions } from '../base/promptOptions.ts';
import { quoted } from '../base/text.ts';
import type { Provider, ProviderId } from '../providers/provider.ts';
import type { Tool } from '../tools/tool.ts';
import { checkMoney } from './checkMoney.ts';
import type { PromptLimits } from './checkPrompts.ts';
import { checkPrompts, nothingToRun } from './checkPrompts.ts';
import { runLimits } from './planSettings.ts';
import type { AgentMaking, MadeAgent } from './planTeam.ts';
import { makeAgent, planTeam } from './planTeam.ts';
import { resolveProviders } from './resolveProviders.ts';
import { originAgent, sha256 } from './runOrigin.ts';
import type { RunItem, RunPlan } from './runPlan.ts';
import type { RunPrompt, RunRequest, RunSettings } from './runRequest.ts';

/** What a plan is made with, besides what was asked for. */
export interface PlanContext extends Pick<PromptLimits, 'limitKey'> {
  /** Who answers prompts that name no provider; `auto` is decided before. */
  readonly provider: ProviderId;
  /** Where the run is made. */
  readonly place: Pick<RunOrigin, 'program' | 'folders'>;
  /** Every tool that there is. */
  readonly tools: readonly Tool[];
  /** Decide which tool calls may run. */
  readonly rules: Omit<RunRules, 'isUnattended'>;
  /** Prices that add to the list prices, or correct them, by model. */
  readonly prices?: { readonly [model: string]: ModelPrice };
  /** The provider of an id, asked for once for each id. Throws a `UserError` where it cannot be used. */
  resolve(id: ProviderId): Provider | Promise<Provider>;
}

/**
 * Decides how a run is carried out: providers, agents, limits and prices. One agent serves all prompts that
 * ask for the same things. Rejects with a `UserError` for what cannot be carried out; nothing is sent then.
 */
export async function planRun(request: RunRequest, context: PlanContext): Promise<RunPlan> {
  const { title, prompts, settings, interactive } = request;
  const { limits } = settings;
  const { limitKey, place } = context;
  checkPrompts(prompts, { limits, ...given({ limitKey }) });
  const definitions = request.agents ?? [];
  const used = providersOf(request, context.provider);
  const chosen = { provider: context.provider, model: settings.model || undefined };
  const providers = await resolveProviders(used, chosen, async (id) => {
    try {
      return await context.resolve(id);
    } catch (error) {
      throw namingAgent(error, id, request);
    }
  });
  const rules: RunRules = { ...context.rules, isUnattended: !interactive };
  const making = { settings, context, providers, rules };
  const team = planTeam(definitions, making);
  const agents = new PlannedAgents(team, making);
  const items = distinct(prompts).map((prompt) => runItem(prompt, agents));
  const answerers = [...items.map(({ planned }) => planned), ...answerersOf(team)];
  checkMoney(answerers, limits);
  // The default provider may be one that no prompt uses and that has no key.
  const main = providers.has(context.provider) ? agents.for({}).agent : items[0]?.agent;
  if (main === undefined) throw new UserError(nothingToRun);
  return {
    title,
    failure: settings.failure,
    rules,
    whenBlocked: interactive ? 'pause' : 'fail',
    warmUpCache: settings.warmUpCache,
    ...runLimits(limits),
    simulated: answerers.some(({ provider }) => provider === 'demo'),
    agent: describeAgent(main, settings),
    origin: { ...place, agents: agents.origins },
    items,
  };
}

/** Names the agent for which a provider is needed, where only an agent's file says so. */
function namingAgent(
  error: unknown,
  id: ProviderId,
  { prompts, agents = [] }: RunRequest,
): unknown {
  const agent = agents.find(({ options }) => options.provider === id);
  const isNamedByPrompt = prompts.some(({ options }) => options.provider === id);
  if (!isUserError(error) || agent === undefined || isNamedByPrompt) return error;
  const message = `${error.message} The agent ${quoted(agent.name)} uses this provider.`;
  return new UserError(message, { cause: error });
}

/** The providers that the prompts and their agents use. */
function providersOf(
  { prompts, agents = [], settings }: RunRequest,
  usual: ProviderId,
): readonly ProviderId[] {
  const own = new Map(agents.map(({ name, options }) => [name, options.provider]));
  const ofPrompts = prompts.map(
    ({ options }) => options.provider ?? own.get(options.agent ?? settings.agent) ?? usual,
  );
  return [...ofPrompts, ...agents.map(({ options }) => options.provider ?? usual)];
}

function answerersOf({ members }: Team): readonly Omit<Answerer, 'agent'>[] {
  return [...members.values()].map(({ provider, spec, price }) => ({
    ...{ provider: provider.id, model: spec.model },
    ...given({ price }),
  }));
}

/** Makes ids unique: a request may name the same prompt twice. */
function distinct(prompts: readonly RunPrompt[]): readonly RunPrompt[] {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return prompts.map((prompt) => {
    let { id } = prompt;
    let count = counts.get(prompt.id) ?? 1;
    while (taken.has(id)) id = `${prompt.id}-${++count}`;
    counts.set(prompt.id, count);
    taken.add(id);
    return id === prompt.id ? prompt : { ...prompt, id };
  });
}

/** The agents of a plan, one for all prompts with the same options. */
class PlannedAgents {
  readonly #making: AgentMaking;
  readonly #team: Team;
  readonly #known = new Map<string, PlannedAgent>();

  constructor(team: Team, making: AgentMaking) {
    this.#making = making;
    this.#team = team;
  }

  /** What the origin says of every agent that may answer: those of the prompts come first. */
  get origins(): readonly OriginAgent[] {
    const first = [...this.#known.values()].map(({ agent }) => originAgent(agent));
    const known = new Set(first.map((agent) => JSON.stringify(agent)));
    const reached = [...this.#team.members.values()]
      .map((member) => originAgent(this.#agentOf(member, member.definition.name)))
      .filter((agent) => !known.has(JSON.stringify(agent)));
    return [...first, ...reached];
  }

  /** The agent of these options, and its place among all. */
  for(options: PromptOptions): PlannedAgent {
    const key = JSON.stringify(options);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = { agent: this.#create(options), index: this.#known.size };
    this.#known.set(key, made);
    return made;
  }

  #create(options: PromptOptions): Agent {
    const name = options.agent ?? this.#making.settings.agent;
    const definition = name === '' ? undefined : this.#team.members.get(name)?.definition;
    if (name !== '' && definition === undefined)
      throw new UserError(`There is no agent named ${quoted(name)}.`);
    return this.#agentOf(makeAgent(options, this.#making, definition), definition?.name);
  }

  #agentOf({ spec, ...serving }: MadeAgent, name: string | undefined): Agent {
    const place = name === undefined ? {} : { place: { team: this.#team, path: [name] } };
    return new Agent(spec, { ...serving, ...place });
  }
}

interface PlannedAgent {
  readonly agent: Agent;
  readonly index: number;
}

function runItem(
  { id, name, text, options, vars, source }: RunPrompt,
  agents: PlannedAgents,
): RunItem {
  const { agent, index } = agents.for(options);
  const { agent: agentName, ...answerer } = agent.answerer;
  const planned: PlannedConversation = {
    ...{ id, name, prompt: text, ...answerer },
    ...given({ source, vars }),
    ...{ promptHash: sha256(text), agent: index },
    ...given({ agentName }),
  };
  return { planned, agent };
}

function describeAgent({ spec, provider }: Agent, { mode, concurrency }: RunSettings): RunAgent {
  const { name, model, tools, toolExecution } = spec;
  return { name, provider: provider.id, model, tools, mode, toolExecution, concurrency };
}
