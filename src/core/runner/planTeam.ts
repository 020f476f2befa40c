import type { ModelPrice } from '../../shared/modelPrice.ts';
import type { AgentSpec } from '../agent/agentSpec.ts';
import type { Team, TeamMember } from '../agent/team/team.ts';
import { hidingRule } from '../approvals/rules/decide.ts';
import { ruleToolOf } from '../approvals/rules/ruleTools.ts';
import type { RunRules } from '../approvals/runRules.ts';
import type { AgentDefinition } from '../base/agentDefinition.ts';
import { UserError } from '../base/errors.ts';
import type { PromptOptions } from '../base/promptOptions.ts';
import { isVendorOrigin } from '../providers/baseUrl.ts';
import { priceOf } from '../providers/models/prices.ts';
import type { ProviderId } from '../providers/provider.ts';
import type { Tool } from '../tools/tool.ts';
import { pickTools } from '../tools/toolBox.ts';
import { limitsOfAgent } from './planSettings.ts';
import type { ResolvedProvider } from './resolveProviders.ts';
import type { RunSettings } from './runRequest.ts';

/** What agents are made with. */
export interface AgentMaking {
  readonly settings: RunSettings;
  readonly context: {
    /** Of agents that name none. */
    readonly provider: ProviderId;
    readonly tools: readonly Tool[];
    readonly prices?: { readonly [model: string]: ModelPrice };
  };
  readonly providers: ReadonlyMap<ProviderId, ResolvedProvider>;
  readonly rules: RunRules;
}

/** An agent's spec, and what serves it. */
export type MadeAgent = Omit<TeamMember, 'definition'>;

/** The agents of a run that can reach each other. */
export function planTeam(definitions: readonly AgentDefinition[], making: AgentMaking): Team {
  const members = definitions.map((definition): [string, TeamMember] => [
    definition.name,
    { definition, ...makeAgent({}, making, definition) },
  ]);
  return {
    members: new Map(members),
    toolNames: making.context.tools.map(({ name }) => name),
    isHidden: (tool, agent) => isHidden(tool, agent, making.rules),
  };
}

/**
 * The agent that a prompt with these options asks for. What the prompt says comes before what the agent file says,
 * and that before the settings. Throws a `UserError` for what cannot be had.
 */
export function makeAgent(
  options: PromptOptions,
  making: AgentMaking,
  definition?: AgentDefinition,
): MadeAgent {
  const { settings, context, providers } = making;
  const own = definition?.options ?? {};
  const id = options.provider ?? own.provider ?? context.provider;
  const resolved = providers.get(id);
  if (resolved === undefined) throw new UserError(`There is no provider named ${id}.`);
  const { provider, defaultModel } = resolved;
  // An agent's model is one of its own provider.
  const isOwnProvider = id === (own.provider ?? context.provider);
  const model = options.model ?? (isOwnProvider ? own.model : undefined) ?? defaultModel;
  const name = definition?.name ?? 'interleave';
  const tools = toolsOf(options, making, own.tools).filter(
    (tool) => !isHidden(tool, name, making.rules),
  );
  const effort = options.effort ?? own.effort ?? settings.reasoningEffort;
  const spec: AgentSpec = {
    name,
    systemPrompt: options.system ?? (definition?.systemPrompt || settings.systemPrompt),
    tools: tools.map(({ name }) => name),
    model,
    toolExecution: options.toolExecution ?? own.toolExecution ?? settings.toolExecution,
    limits: limitsOfAgent(settings.limits, { ...own, ...options }),
    ...(effort === 'default' ? {} : { reasoningEffort: effort }),
  };
  const isVendor = isVendorOrigin(provider);
  const price = priceOf({ provider: provider.id, model, isVendor }, context.prices);
  return { spec, provider, tools, ...(price === undefined ? {} : { price }) };
}

/** Whether a rule denies the tool altogether: then it is not offered to the model. */
function isHidden(tool: Tool, agent: string, { current, isUnattended }: RunRules): boolean {
  return hidingRule(current(), { tool: ruleToolOf(tool), agent, isUnattended }) !== undefined;
}

/** Nobody gets a tool that the settings do not name, where they name any. */
function toolsOf(
  { tools: ofPrompt }: PromptOptions,
  { settings, context }: AgentMaking,
  ofAgent: readonly string[] | undefined,
): readonly Tool[] {
  const named = settings.tools.length === 0 ? undefined : settings.tools;
  const offered = named === undefined ? context.tools : pickTools(context.tools, named);
  // Agent files name tools of other programs, too.
  const has = new Set(offered.map(({ name }) => name));
  const known = ofAgent?.filter((name) => has.has(name));
  return pickTools(offered, ofPrompt ?? known ?? named);
}
