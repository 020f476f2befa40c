import { describe, expect, it } from 'vitest';
import { both } from '../../support/cases/answers.ts';
import { dialects } from '../../support/cases/dialects.ts';
import type { CaseBody } from '../../support/cases/runCase.ts';
import { runCase } from '../../support/cases/runCase.ts';
import { historyProblems } from '../../support/faults/historyProblems.ts';

/** The number of turns in a request's history. */
function turnsBehind(body: CaseBody): number {
  return JSON.stringify(body).match(/"(tool_result|function_call_output)"/g)?.length ?? 0;
}

describe.each(dialects)('$name', (dialect) => {
  it.each(both)('works with tools over several turns (%s)', async (protocol) => {
    const { conversation, bodies } = await runCase(
      (body) => {
        const turn = turnsBehind(body);
        if (turn === 0) {
          return dialect.reply(protocol, { words: 'I add.', call: { numbers: [15, 5] }, turn });
        }
        if (turn === 1) return dialect.reply(protocol, { call: { numbers: [20, 2] }, turn });
        return dialect.reply(protocol, { words: 'The sums are 20 and 22.', turn });
      },
      { protocol },
    );
    expect(conversation).toMatchObject({
      ...{ status: 'done', reason: 'final', answer: 'The sums are 20 and 22.', turns: 3 },
    });
    expect(conversation.toolCalls).toMatchObject([
      { input: { numbers: [15, 5] }, output: '20' },
      { input: { numbers: [20, 2] }, output: '22' },
    ]);
    // No request was repeated.
    expect(bodies).toHaveLength(3);
    for (const body of bodies) expect(historyProblems(JSON.stringify(body))).toEqual([]);
  });
});
