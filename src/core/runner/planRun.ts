import type { ModelPrice } from '../../shared/modelPrice.ts';
import type { PlannedConversation, RunAgent } from '../../shared/plannedRun.ts';
import type { RunOrigin } from '../../shared/runOrigin.ts';
import { Agent } from '../agent/agent.ts';
import { hidingRule } from '../approvals/rules/decide.ts';
import { ruleToolOf } from '../approvals/rules/ruleTools.ts';
import type { RunRules } from '../approvals/runRules.ts';
import { UserError } from '../base/errors.ts';
import type { PromptOptions } from '../base/promptOptions.ts';
import { isVendorOrigin } from '../providers/baseUrl.ts';
import { priceOf } from '../providers/models/prices.ts';
import type { Provider, ProviderId } from '../providers/provider.ts';
import type { Tool } from '../tools/tool.ts';
import { pickTools } from '../tools/toolBox.ts';
import { checkMoney } from './checkMoney.ts';
import type { PromptLimits } from './checkPrompts.ts';
import { checkPrompts, nothingToRun } from './checkPrompts.ts';
import { limitsOfAgent, runLimits } from './planSettings.ts';
import type { ResolvedProvider } from './resolveProviders.ts';
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
  const { limitKey, place, prices } = context;
  checkPrompts(prompts, { limits, ...(limitKey === undefined ? {} : { limitKey }) });
  const used = prompts.map(({ options }) => options.provider ?? context.provider);
  const chosen = { provider: context.provider, model: settings.model || undefined };
  const providers = await resolveProviders(used, chosen, (id) => context.resolve(id));
  const rules: RunRules = { ...context.rules, isUnattended: !interactive };
  const agents = new PlannedAgents(settings, { ...context, rules }, providers);
  const items = distinct(prompts).map((prompt) => runItem(prompt, agents, prices));
  checkMoney(items, limits);
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
    simulated: items.some(({ planned }) => planned.provider === 'demo'),
    agent: describeAgent(main, settings),
    origin: { ...place, agents: agents.all.map(originAgent) },
    items,
  };
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

/** What agents are made with. */
interface AgentContext extends Pick<PlanContext, 'provider' | 'tools'> {
  readonly rules: RunRules;
}

/** The agents of a plan, one for all prompts with the same options. */
class PlannedAgents {
  readonly #settings: RunSettings;
  readonly #context: AgentContext;
  readonly #providers: ReadonlyMap<ProviderId, ResolvedProvider>;
  readonly #known = new Map<string, { readonly agent: Agent; readonly index: number }>();

  constructor(
    settings: RunSettings,
    context: AgentContext,
    providers: ReadonlyMap<ProviderId, ResolvedProvider>,
  ) {
    this.#settings = settings;
    this.#context = context;
    this.#providers = providers;
  }

  get all(): readonly Agent[] {
    return [...this.#known.values()].map(({ agent }) => agent);
  }

  /** The agent of these options, and its place among all. */
  for(options: PromptOptions): { readonly agent: Agent; readonly index: number } {
    const key = JSON.stringify(options);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = { agent: this.#create(options), index: this.#known.size };
    this.#known.set(key, made);
    return made;
  }

  #create(options: PromptOptions): Agent {
    const settings = this.#settings;
    const id = options.provider ?? this.#context.provider;
    const resolved = this.#providers.get(id);
    if (resolved === undefined) throw new UserError(`There is no provider named ${id}.`);
    const { provider, defaultModel } = resolved;
    const named = settings.tools.length === 0 ? undefined : settings.tools;
    const offered =
      named === undefined ? this.#context.tools : pickTools(this.#context.tools, named);
    const name = 'interleave';
    const tools = pickTools(offered, options.tools ?? named).filter(
      (tool) => !this.#isHidden(tool, name),
    );
    const effort = options.effort ?? settings.reasoningEffort;
    const spec = {
      name,
      systemPrompt: options.system ?? settings.systemPrompt,
      tools: tools.map(({ name }) => name),
      model: options.model ?? defaultModel,
      toolExecution: options.toolExecution ?? settings.toolExecution,
      limits: limitsOfAgent(settings.limits, options),
      ...(effort === 'default' ? {} : { reasoningEffort: effort }),
    };
    return new Agent(spec, { provider, tools });
  }

  /** A tool that a rule denies altogether is not offered to the model. */
  #isHidden(tool: Tool, agent: string): boolean {
    const { current, isUnattended } = this.#context.rules;
    return hidingRule(current(), { tool: ruleToolOf(tool), agent, isUnattended }) !== undefined;
  }
}

function runItem(
  { id, name, text, options, source }: RunPrompt,
  agents: PlannedAgents,
  prices: PlanContext['prices'],
): RunItem {
  const { agent, index } = agents.for(options);
  const { provider, spec } = agent;
  const isVendor = isVendorOrigin(provider);
  const price = priceOf({ provider: provider.id, model: spec.model, isVendor }, prices);
  const planned: PlannedConversation = {
    ...{ id, name, prompt: text, provider: provider.id, model: spec.model },
    ...(price === undefined ? {} : { price }),
    ...(source === undefined ? {} : { source }),
    ...{ promptHash: sha256(text), agent: index },
  };
  return { planned, agent };
}

function describeAgent({ spec, provider }: Agent, { mode, concurrency }: RunSettings): RunAgent {
  const { name, model, tools, toolExecution } = spec;
  return { name, provider: provider.id, model, tools, mode, toolExecution, concurrency };
}
