import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { ToolEffect } from '../../../../src/core/base/toolEffect.ts';
import { planRun } from '../../../../src/core/runner/planRun.ts';
import { defineTool } from '../../../../src/core/tools/defineTool.ts';
import { rulesFor } from '../../../support/approvals/ruleFixtures.ts';
import { contextOf, noRules, requestFor } from '../../../support/requests.ts';
import { echoProvider } from '../../../support/scriptedProvider.ts';

const effects: readonly ToolEffect[] = ['pure', 'read', 'network', 'write', 'execute', 'foreign'];

/** A tool of every effect, named after it. */
const tools = effects.map((effect) =>
  defineTool({
    ...{ name: effect, description: 'Does it.', effect },
    inputSchema: z.object({}),
    execute: () => 'done',
  }),
);

/** The tools of a conversation, by what the settings and its prompt name. */
async function chosen(
  inSettings: readonly string[],
  inPrompt?: readonly string[],
): Promise<readonly string[]> {
  const request = requestFor(['a'], { tools: inSettings });
  const prompts = request.prompts.map((prompt) => ({
    ...prompt,
    options: inPrompt === undefined ? {} : { tools: inPrompt },
  }));
  const plan = await planRun({ ...request, prompts }, contextOf(echoProvider(), { tools }));
  return plan.items[0]?.agent.spec.tools ?? [];
}

describe('the tools of a conversation', () => {
  it('are those that calculate or read, if nobody names any', async () => {
    expect(await chosen([])).toEqual(['pure', 'read']);
  });

  it.each(effects)(
    'include one of the effect %s if the settings or the prompt name it',
    async (name) => {
      expect(await chosen([name])).toEqual([name]);
      expect(await chosen([], [name])).toEqual([name]);
    },
  );

  it('are without those that a rule denies altogether, also where they are named', async () => {
    const rules = rulesFor(
      tools,
      'deny execute\ndeny write_file(src/**)\ndeny lm:foreign\ndeny read unattended',
    );
    const context = contextOf(echoProvider(), {
      ...{ tools, rules: { ...noRules, current: () => rules } },
    });
    const toolsWhen = async (interactive: boolean) => {
      const request = requestFor(['a'], { tools: effects });
      const plan = await planRun({ ...request, interactive }, context);
      return plan.items[0]?.agent.spec.tools;
    };
    expect(await toolsWhen(false)).toEqual(['pure', 'network', 'write']);
    expect(await toolsWhen(true)).toEqual(['pure', 'read', 'network', 'write']);
  });

  it('are among those of the settings, whatever the prompt names', async () => {
    expect(await chosen(['pure', 'write'], ['write'])).toEqual(['write']);
    await expect(chosen(['pure'], ['execute'])).rejects.toThrow('no tool named "execute"');
  });
});
