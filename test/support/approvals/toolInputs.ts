import fc from 'fast-check';
import { contactsAt } from '../../../src/core/agent/team/team.ts';
import type { AgentDefinition } from '../../../src/core/base/agentDefinition.ts';
import type { Tool } from '../../../src/core/tools/tool.ts';
import { createToolset } from '../../../src/core/tools/toolset.ts';

/** The tools as they are now, and those by which agents reach others. No thread is started for them. */
export const presentTools: readonly Tool[] = [
  ...createToolset({
    ...{ folders: [{ name: 'w', path: '/w' }], exclude: [], workerPath: '/none.js' },
    readDiagnostics: () => [],
  }).tools,
  ...contactTools(),
];

function contactTools(): readonly Tool[] {
  const agent = (name: string, more: Partial<AgentDefinition> = {}): AgentDefinition => ({
    ...{ name, description: '', systemPrompt: '', options: {}, handoffs: [], agents: [] },
    ...more,
  });
  const lead = agent('lead', { agents: ['helper'], handoffs: [{ agent: 'worker' }] });
  const members = [lead, agent('helper'), agent('worker')];
  const team = {
    members: new Map(members.map((definition) => [definition.name, { definition } as never])),
    toolNames: [],
  };
  return contactsAt({ team, path: ['lead'] }).map(({ tool }) => tool);
}

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
}

/** Inputs that a tool takes, by its schema. */
export function inputsOf({
  inputSchema,
  check,
}: Tool): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const inputs = someOf(inputSchema as Schema) as fc.Arbitrary<Record<string, unknown>>;
  return inputs.filter((input) => check(input).ok);
}

function someOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(someOf));
  const { minimum = 1, maximum = 50 } = schema;
  switch (schema.type) {
    case 'object': {
      const { properties = {}, required = [] } = schema;
      const fields = Object.entries(properties).map(([name, one]) => [name, someOf(one)] as const);
      return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] as never });
    }
    case 'array': {
      const minLength = Math.max(1, schema.minItems ?? 1);
      return fc.array(someOf(schema.items ?? {}), { minLength, maxLength: minLength + 1 });
    }
    case 'integer':
      return fc.integer({ min: Math.max(minimum, -50), max: Math.min(maximum, 50) });
    case 'number':
      return fc.integer({ min: 1, max: 50 });
    case 'boolean':
      return fc.boolean();
    default:
      return fc.constantFrom('a', 'src/a.ts', 'npm test', '2 + 2', 'https://example.com/');
  }
}
