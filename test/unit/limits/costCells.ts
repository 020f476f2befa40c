import { planRun } from '../../../src/core/runner/planRun.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import { createArithmeticTools } from '../../../src/core/tools/arithmetic/arithmeticTools.ts';
import { contextOf, requestFor } from '../../support/requests.ts';
import { ScriptedProvider } from '../../support/scriptedProvider.ts';
import type { Cell } from './cell.ts';

/** Limits on cost. Prices are known for a vendor's own server, or come from the settings. */
export const costCells = {
  maxCostUsd: {
    limit: 10,
    ends: ['final', 'final', 'budget'],
    take: (dollars, [, value]) => endOf(dollars, { maxCostUsd: Number(value) }),
  },
  maxConversationCostUsd: {
    limit: 10,
    ends: ['final', 'final', 'budget'],
    take: (dollars, [, setting = '']) =>
      endOf(dollars, { maxConversationCostUsd: Number(setting.split('=')[1]) }),
  },
} satisfies { readonly [name: string]: Cell };

/** The outcome of a conversation of two turns whose first turn has this cost. */
async function endOf(
  dollars: number,
  caps: { readonly maxCostUsd?: number; readonly maxConversationCostUsd?: number },
): Promise<string> {
  const provider = new ScriptedProvider((_, turn) => {
    const call = { callId: 'a', name: 'sum_numbers', input: { numbers: [1, 2] } };
    return turn === 1 ? { calls: [call] } : { text: 'Done.' };
  });
  // Every turn has one token of output, which is also its maximum; two turns cost that much.
  const price = { input: 0, output: (dollars / 2) * 1e6, cacheRead: 0, cacheWrite: 0 };
  const { maxCostUsd = 0, maxConversationCostUsd = 0 } = caps;
  const limits = { maxTokens: 1, maxCostUsd, maxConversationCostUsd };
  const request = requestFor(['Go.'], { model: 'priced', systemPrompt: '', limits });
  const tools = createArithmeticTools();
  const plan = await planRun(request, contextOf(provider, { tools, prices: { priced: price } }));
  const run = new Runner().createRun(plan);
  run.start();
  return (await run.ended()).conversations[0]?.reason ?? '';
}
