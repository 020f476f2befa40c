import * as z from 'zod';
import type { AgentDefinition } from './agentDefinition.ts';
import { promptOptionSchemas, systemPromptText, textUpTo } from './promptOptions.ts';

const optional = z.exactOptional;
const { system: _, agent: agentName, ...optionSchemas } = promptOptionSchemas;
const label = textUpTo(1_000);
const maxAgents = 1_000;

/** Checks a definition, wherever it is read from. */
export const agentDefinitionSchema: z.ZodType<AgentDefinition> = z.strictObject({
  name: agentName,
  description: textUpTo(10_000),
  systemPrompt: systemPromptText,
  options: z.strictObject(
    Object.fromEntries(Object.entries(optionSchemas).map(([key, one]) => [key, optional(one)])),
  ),
  handoffs: z
    .array(
      z.strictObject({
        agent: agentName,
        label: optional(label),
        prompt: optional(textUpTo(100_000)),
      }),
    )
    .max(100),
  agents: z.array(agentName).max(maxAgents),
}) as unknown as z.ZodType<AgentDefinition>;

/** Checks the agents of a run. */
export const agentDefinitionList = z
  .array(agentDefinitionSchema)
  .max(maxAgents)
  .refine((agents) => new Set(agents.map(({ name }) => name)).size === agents.length);
