import type { ModelPrice } from '../../shared/modelPrice.ts';
import type { RunAgent } from '../../shared/plannedRun.ts';
import { Agent } from '../agent/agent.ts';
import type { AgentLimits, AgentSpec } from '../agent/agentSpec.ts';
import type { RetryPolicy } from '../agent/retryPolicy.ts';
import { UserError } from '../base/errors.ts';
import { defaultLimitValues } from '../base/limits.ts';
import type { PromptOptions } from '../base/promptOptions.ts';
import type { ReasoningEffort } from '../base/reasoningEffort.ts';
import type { RateCaps } from '../limiter/admissionPolicy.ts';
import type { Concurrency } from '../limiter/limiter.ts';
import { isVendorOrigin } from '../providers/baseUrl.ts';
import { priceOf } from '../providers/models/prices.ts';
import type { Provider, ProviderId } from '../providers/provider.ts';
import type { Tool } from '../tools/tool.ts';
import { pickTools } from '../tools/toolBox.ts';
import type { PromptLimits } from './checkPrompts.ts';
import { checkPrompts, nothingToRun } from './checkPrompts.ts';
import type { ResolvedProvider } from './resolveProviders.ts';
import { resolveProviders } from './resolveProviders.ts';
import type { RunItem, RunPlan } from './runPlan.ts';

/** A prompt to run: its id, the text to send, and its own options. */
export interface PlannedPrompt {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly options: PromptOptions;
  readonly source?: { readonly uri: string; readonly line: number };
}

/** The agent of prompts without options of their own. */
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
export interface RunOptions extends PromptLimits {
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
  /** Tokens, input and output, after which a run is stopped; no limit when absent. */
  readonly maxRunTokens?: number;
  /** The longest that a run may wait while none of its conversations gets on; no limit when absent. */
  readonly maxWaitMs?: number;
  /** How failed requests are repeated, where the run says so itself. */
  readonly retry?: Pick<RetryPolicy, 'maxAttempts' | 'budgetMs'>;
  /** Prices that add to the list prices, or correct them, by model. */
  readonly prices?: { readonly [model: string]: ModelPrice };
}

/** A plan without what a run is only given when it is made. */
export type NewRunPlan = Omit<RunPlan, 'id' | 'number' | 'startedAt'>;

/** Most prompts one run may have where nothing else is said. */
export const maxConversations = defaultLimitValues.conversations;

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
  checkPrompts(prompts, options);
  const used = prompts.map(({ options: own }) => own.provider ?? defaults.provider);
  const providers = await resolveProviders(used, defaults, resolve);
  const agents = new Map<string, Agent>();
  const agentFor = (overrides: PromptOptions): Agent => {
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
  checkUsage(items, options);
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
    maxRunTokens: options.maxRunTokens ?? Number.POSITIVE_INFINITY,
    ...(options.maxWaitMs === undefined ? {} : { maxWaitMs: options.maxWaitMs }),
    ...(options.retry === undefined ? {} : { retry: options.retry }),
    simulated: items.some(({ planned }) => planned.provider === 'demo'),
    agent: describeAgent(main, options),
    items,
  };
}

/** Makes ids unique: a request may name the same prompt twice. */
function distinct(prompts: readonly PlannedPrompt[]): readonly PlannedPrompt[] {
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

function createAgent(
  defaults: AgentDefaults,
  overrides: PromptOptions,
  providers: ReadonlyMap<ProviderId, ResolvedProvider>,
): Agent {
  const id = overrides.provider ?? defaults.provider;
  const resolved = providers.get(id);
  if (resolved === undefined) throw new UserError(`There is no provider named ${id}.`);
  const effort = overrides.effort ?? defaults.effort;
  const tools = pickTools(defaults.tools, overrides.tools);
  const spec: AgentSpec = {
    name: 'interleave',
    systemPrompt: overrides.system ?? defaults.systemPrompt,
    tools: tools.map(({ name }) => name),
    model: overrides.model ?? resolved.defaultModel,
    toolExecution: overrides.toolExecution ?? defaults.toolExecution,
    limits: limitsFor(defaults.limits, overrides),
    ...(effort ? { reasoningEffort: effort } : {}),
  };
  return new Agent(spec, { provider: resolved.provider, tools });
}

function limitsFor(limits: AgentLimits, overrides: PromptOptions): AgentLimits {
  const { maxTurns, maxTokens, timeout } = overrides;
  return {
    ...limits,
    ...(maxTurns === undefined ? {} : { maxTurns }),
    ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
  };
}

function noUsageReported(what: string): string {
  return `A limit ${what} is set, but VS Code's models do not say how many tokens they use, so that it could not be kept. Remove the limit, or choose another provider.`;
}

/** A limit on the cost means nothing for a model whose price is not known. */
function checkPrices(items: readonly RunItem[], options: RunOptions): void {
  const { maxCostUsd, maxConversationCostUsd } = options;
  if (maxCostUsd === undefined && maxConversationCostUsd === undefined) return;
  const planned = items.find((item) => item.planned.price === undefined)?.planned;
  if (planned === undefined) return;
  if (planned.provider === 'vscode') throw new UserError(noUsageReported('on the cost'));
  const unknown = planned.model;
  throw new UserError(
    `A cost limit is set, but the price of ${unknown} is not known. Add it to the setting interleave.prices, or remove the limit.`,
  );
}

/** Neither does one on the tokens of a model that does not say how many it uses. */
function checkUsage(items: readonly RunItem[], { maxRunTokens }: RunOptions): void {
  if (maxRunTokens === undefined) return;
  if (items.some(({ planned }) => planned.provider === 'vscode'))
    throw new UserError(noUsageReported('on tokens'));
}

function runItem(
  prompt: PlannedPrompt,
  agent: Agent,
  prices: { readonly [model: string]: ModelPrice } | undefined,
): RunItem {
  const { provider } = agent;
  const price = priceOf(
    { provider: provider.id, model: agent.spec.model, isVendor: isVendorOrigin(provider) },
    prices,
  );
  const planned = {
    id: prompt.id,
    name: prompt.name,
    prompt: prompt.text,
    provider: agent.provider.id,
    model: agent.spec.model,
    ...(price === undefined ? {} : { price }),
    ...(prompt.source === undefined ? {} : { source: prompt.source }),
  };
  return { planned, agent };
}

function describeAgent({ spec, provider }: Agent, options: RunOptions): RunAgent {
  return {
    name: spec.name,
    provider: provider.id,
    model: spec.model,
    tools: spec.tools,
    mode: options.mode,
    toolExecution: spec.toolExecution,
    concurrency: options.concurrency,
  };
}
