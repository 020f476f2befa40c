import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { UserError } from '../../../../src/core/base/errors.ts';
import { createCpuTools } from '../../../../src/core/tools/cpuTools.ts';
import { toolSchemas } from '../../../../src/core/tools/toolSchemas.ts';
import type { Workspace } from '../../../../src/core/tools/workspace/workspace.ts';
import { createWorkspaceTools } from '../../../../src/core/tools/workspace/workspaceTools.ts';
import { probe } from './toolFixtures.ts';

const nowhere = {} as Workspace;
const builtIn = [...createCpuTools(), ...createWorkspaceTools(nowhere)];

describe('the tools as a model sees them', () => {
  test('match the snapshot', () => {
    expect(toolSchemas(builtIn)).toMatchSnapshot();
  });

  test('have the same bytes whatever the order of the tools', () => {
    expect(JSON.stringify(toolSchemas(builtIn.toReversed()))).toBe(
      JSON.stringify(toolSchemas(builtIn)),
    );
  });

  test('reject unknown fields, have an object at the root and no meta-schema reference', () => {
    for (const { inputSchema } of toolSchemas(builtIn)) {
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(inputSchema).not.toHaveProperty('$schema');
    }
  });

  test('are deeply immutable', () => {
    const [schema] = toolSchemas(builtIn);
    const properties = schema?.inputSchema.properties as { [key: string]: unknown };
    expect(() => Object.assign(properties, { extra: {} })).toThrow(TypeError);
    for (const property of Object.values(properties)) expect(property).toSatisfy(Object.isFrozen);
  });
});

test('describe fields as optional where they have a default', () => {
  const inputSchema = z.strictObject({ size: z.number().default(3) });
  const [schema] = toolSchemas([probe(() => 'x', { inputSchema })]);
  expect(schema?.inputSchema).not.toHaveProperty('required');
});

test.each([
  ['two tools with the same name', () => [probe(() => 'a'), probe(() => 'b')]],
  ['an input that is no object', () => [probe(() => 'a', { inputSchema: z.string() })]],
  [
    'an input that JSON Schema cannot express',
    () => [probe(() => 'a', { inputSchema: z.strictObject({ d: z.date() }) })],
  ],
])("%s is an error with the tool's name", (_, tools) => {
  expect(() => toolSchemas(tools())).toThrow(UserError);
  expect(() => toolSchemas(tools())).toThrow(/"probe"/);
});
