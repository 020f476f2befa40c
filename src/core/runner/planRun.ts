import type { RunAgent } from '../../shared/conversationEvents.ts';
import type { ModelPrice } from '../../shared/modelPrice.ts';
import type { AgentLimits } from '../agent/agent.ts';
import { Agent } from '../agent/agent.ts';
import { UserError } from '../base/errors.ts';
import type { ReasoningEffort } from '../base/reasoningEffort.ts';
import { isVendorOrigin } from '../providers/baseUrl.ts';
import { priceOf } from '../providers/modelPrices.ts';
import type { Provider, ProviderId } from '../providers/provider.ts';
import type { Tool } from '../tools/tool.ts';
import type { Concurrency, RateCaps } from './limiter.ts';
import type { ResolvedProvider } from './resolveProviders.ts';
import { resolveProviders } from './resolveProviders.ts';
import type { RunItem, RunPlan } from './runPlan.ts';

/** What one prompt asks for that differs from the run's agent. */
export interface AgentOverrides {
  readonly provider?: ProviderId;
  readonly model?: string;
  readonly effort?: ReasoningEffort;
  readonly system?: string;
  readonly tools?: readonly string[];
  readonly maxTurns?: number;
  readonly maxTokens?: number;
  /** Seconds. */
  readonly timeout?: number;
  readonly toolExecution?: 'serial' | 'parallel';
}

/** A prompt to run: its identity, what is sent, and what it wants otherwise. */
export interface PlannedPrompt {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly options: AgentOverrides;
  readonly source?: { readonly uri: string; readonly line: number };
}

/** The agent that every prompt gets unless it asks for something else. */
export interface AgentDefaults {
  readonly provider: ProviderId;
  /** The provider's own default when absent. */
  readonly model?: string;
  readonly effort?: ReasoningEffort;
  readonly systemPrompt: string;
  readonly tools: readonly Tool[];
  readonly toolExecution: 'serial' | 'parallel';
  readonly limits: AgentLimits;
}

/** How the run goes about it. */
export interface RunOptions {
  readonly title: string;
  readonly mode: 'concurrent' | 'serial';
  readonly failure: 'keepPartial' | 'allOrNothing';
  readonly concurrency: Concurrency;
  /** Whether a refused key or a used-up quota pauses the run, or fails its conversations. */
  readonly whenBlocked: 'pause' | 'fail';
  readonly warmUpCache: boolean;
  readonly caps?: RateCaps;
  /** US dollars after which a run, or one of its conversations, is stopped; no limit when absent. */
  readonly maxCostUsd?: number;
  readonly maxConversationCostUsd?: number;
  /** Prices that add to the list prices, or correct them, by model. */
  readonly prices?: { readonly [model: string]: ModelPrice };
}

/** A plan without what a run is only given when it is made. */
export type NewRunPlan = Omit<RunPlan, 'id' | 'number' | 'startedAt'>;

/** Most prompts one run may have. */
export const maxConversations = 1_000;

/**
 * Builds the agents and the plan of a run. One agent serves all prompts that ask for the same things.
 * `resolve` gives the provider of an id, once for each id, or throws a `UserError` (no key, say):
 * then nothing is started.
 */
export async function planRun(
  prompts: readonly PlannedPrompt[],
  defaults: AgentDefaults,
  options: RunOptions,
  resolve: (id: ProviderId) => Provider | Promise<Provider>,
): Promise<NewRunPlan> {
  checkPrompts(prompts);
  const used = prompts.map(({ options: own }) => own.provider ?? defaults.provider);
  const providers = await resolveProviders(used, defaults, resolve);
  const agents = new Map<string, Agent>();
  const agentFor = (overrides: AgentOverrides): Agent => {
    const key = JSON.stringify(overrides);
    const known = agents.get(key);
    if (known !== undefined) return known;
    const agent = createAgent(defaults, overrides, providers);
    agents.set(key, agent);
    return agent;
  };
  const items = distinct(prompts).map((prompt) =>
    runItem(prompt, agentFor(prompt.options), options.prices),
  );
  checkPrices(items, options);
  // The default provider may be one that no prompt uses and that has no key.
  const main = providers.has(defaults.provider) ? agentFor({}) : items[0]?.agent;
  if (main === undefined) throw new UserError(nothingToRun);
  return {
    title: options.title,
    failure: options.failure,
    whenBlocked: options.whenBlocked,
    warmUpCache: options.warmUpCache,
    caps: options.caps ?? {},
    maxCostUsd: options.maxCostUsd ?? Number.POSITIVE_INFINITY,
    maxConversationCostUsd: options.maxConversationCostUsd ?? Number.POSITIVE_INFINITY,
    simulated: items.some(({ planned }) => planned.provider === 'demo'),
    agent: describeAgent(main, options),
    items,
  };
}

const nothingToRun = 'There is no prompt to run. Select some text, or a file with prompts.';

/** Two files may have the same name: the second prompt of an identity gets a number. */
function distinct(prompts: readonly PlannedPrompt[]): readonly PlannedPrompt[] {
  const seen = new Map<string, number>();
  return prompts.map((prompt) => {
    const times = (seen.get(prompt.id) ?? 0) + 1;
    seen.set(prompt.id, times);
    return times === 1 ? prompt : { ...prompt, id: `${prompt.id}-${times}` };
  });
}

function checkPrompts(prompts: readonly PlannedPrompt[]): void {
  if (prompts.length === 0) {
    throw new UserError(nothingToRun);
  }
  if (prompts.length > maxConversations) {
    throw new UserError(
      `A run may have up to ${maxConversations} prompts, but ${prompts.length} were chosen. Run them in parts.`,
    );
  }
}

function createAgent(
  defaults: AgentDefaults,
  overrides: AgentOverrides,
  providers: ReadonlyMap<ProviderId, ResolvedProvider>,
): Agent {
  const id = overrides.provider ?? defaults.provider;
  const resolved = providers.get(id);
  if (resolved === undefined) throw new UserError(`There is no provider named ${id}.`);
  const effort = overrides.effort ?? defaults.effort;
  const config = {
    name: 'interleave',
    systemPrompt: overrides.system ?? defaults.systemPrompt,
    tools: chooseTools(defaults.tools, overrides.tools),
    model: overrides.model ?? resolved.defaultModel,
    toolExecution: overrides.toolExecution ?? defaults.toolExecution,
    limits: limitsFor(defaults.limits, overrides),
  };
  return new Agent(
    { ...config, ...(effort ? { reasoningEffort: effort } : {}) },
    resolved.provider,
  );
}

function chooseTools(available: readonly Tool[], names?: readonly string[]): readonly Tool[] {
  if (names === undefined) return available;
  const unknown = names.filter((name) => !available.some((tool) => tool.name === name));
  if (unknown.length > 0) {
    const known = available.map(({ name }) => name).join(', ');
    throw new UserError(`There is no tool named ${unknown.join(', ')}. There are: ${known}.`);
  }
  return available.filter(({ name }) => names.includes(name));
}

function limitsFor(limits: AgentLimits, overrides: AgentOverrides): AgentLimits {
  const { maxTurns, maxTokens, timeout } = overrides;
  return {
    ...limits,
    ...(maxTurns === undefined ? {} : { maxTurns }),
    ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
  };
}

const noUsageReported =
  "A cost limit is set, but VS Code's models do not say how many tokens they use, so that it could not be kept. Remove the limit, or choose another provider.";

/** A limit on the cost means nothing for a model whose price is not known. */
function checkPrices(items: readonly RunItem[], options: RunOptions): void {
  const { maxCostUsd, maxConversationCostUsd } = options;
  if (maxCostUsd === undefined && maxConversationCostUsd === undefined) return;
  const planned = items.find((item) => item.planned.price === undefined)?.planned;
  if (planned === undefined) return;
  if (planned.provider === 'vscode') throw new UserError(noUsageReported);
  const unknown = planned.model;
  throw new UserError(
    `A cost limit is set, but the price of ${unknown} is not known. Add it to the setting interleave.prices, or remove the limit.`,
  );
}

function runItem(
  prompt: PlannedPrompt,
  agent: Agent,
  prices: { readonly [model: string]: ModelPrice } | undefined,
): RunItem {
  const { provider } = agent;
  const price = priceOf(
    { provider: provider.id, model: agent.config.model, isVendor: isVendorOrigin(provider) },
    prices,
  );
  const planned = {
    id: prompt.id,
    name: prompt.name,
    prompt: prompt.text,
    provider: agent.provider.id,
    model: agent.config.model,
    ...(price === undefined ? {} : { price }),
    ...(prompt.source === undefined ? {} : { source: prompt.source }),
  };
  return { planned, agent };
}

function describeAgent({ config, provider }: Agent, options: RunOptions): RunAgent {
  return {
    name: config.name,
    provider: provider.id,
    model: config.model,
    tools: config.tools.map(({ name }) => name),
    mode: options.mode,
    toolExecution: config.toolExecution,
    concurrency: options.concurrency,
  };
}
