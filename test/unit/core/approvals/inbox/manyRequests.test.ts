import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Inbox } from '../../../../../src/core/approvals/inbox/inbox.ts';
import type { Answer, RuleChoice } from '../../../../../src/core/approvals/inbox/inboxDecision.ts';
import type { DecidedCall } from '../../../../../src/shared/conversationEvents.ts';
import { command, fetchUrl, idsOf, startAsking } from '../../../../support/approvals/askingRuns.ts';
import { grantCase } from '../../../../support/approvals/grants.ts';
import { isListed } from '../../../../support/approvals/listed.ts';
import { callOf, linux, tools } from '../../../../support/approvals/ruleFixtures.ts';
import { settled } from '../../../../support/settled.ts';

describe('200 conversations with three requests each', () => {
  it('wait without a slot, and are settled in three decisions with three records', async () => {
    const prompts = Array.from({ length: 200 }, (_, index) => `p${index}`);
    const calls = (prompt: string, turn: number) => {
      if (turn > 1) return [];
      const page = fetchUrl(`https://docs.example.com/${prompt}`, `f${prompt}`);
      return [command('npm test', `t${prompt}`), page, command('rm -rf build', `r${prompt}`)];
    };
    // One request at a time: a conversation that kept its slot would be the only one.
    const { inbox, run, events, tools: ran } = startAsking(calls, { prompts, concurrency: 1 });
    await settled();
    await settled();
    expect(inbox.size).toBe(600);
    expect(run.state.counts).toMatchObject({ waiting: 200, running: 0 });
    const groups = inbox.groups();
    expect(groups).toHaveLength(202);
    const [first] = idsOf(inbox, ['fp0']);
    const byRule = { kind: 'rule', request: first ?? '', form: 'pattern', scope: 'run' } as const;
    const { settles, stays } = await inbox.preview(byRule);
    expect([settles.length, stays.length]).toEqual([200, 400]);
    await inbox.decide(byRule);
    const named = (start: string) =>
      idsOf(
        inbox,
        prompts.map((prompt) => `${start}${prompt}`),
      );
    const [late = ''] = named('r');
    await inbox.decide({ kind: 'deny', requests: named('r'), reason: 'Keep it.' });
    const { refused } = await inbox.decide({ kind: 'allow', requests: [late] });
    expect(refused).toMatchObject([{ id: late, why: 'late' }]);
    await inbox.decide({ kind: 'allow', requests: named('t') });
    const { counts } = await run.ended();
    expect(counts.done).toBe(200);
    expect(ran.ran).toHaveLength(400);
    expect(events.filter(({ type }) => type === 'run.decided')).toHaveLength(3);
  });
});

describe('a rule made with a click', () => {
  it('settles what its preview says, and grants only what it lists', async () => {
    let granted = 0;
    const named = grantCase.filter(({ tool }) => argumentOf[tool] !== undefined);
    const calls = fc.array(named, { minLength: 2, maxLength: 12 });
    const property = fc.asyncProperty(
      calls,
      fc.constantFrom('exact', 'pattern'),
      async (cases, form) => {
        const inbox = new Inbox();
        const texts = cases.map(({ tool, text }) => ({ tool, text }));
        const answers = askAll(inbox, texts);
        const [request] = inbox.requests();
        if (request === undefined) return;
        const decision: RuleChoice = { kind: 'rule', request: request.id, form, scope: 'run' };
        const preview = await inbox.preview(decision);
        const result = await inbox.decide(decision);
        expect(result.settled).toEqual(preview.settles.map(({ id }) => id));
        expect(inbox.requests()).toEqual(preview.stays);
        const covers = preview.offer?.preview.covers ?? [];
        for (const { input, tool } of preview.settles) {
          const [text = ''] = Object.values(input as { readonly [name: string]: string });
          const made = { tool: tool.name, text, agent: 'test', isUnattended: false };
          expect(isListed(covers, made), text).toBe(true);
          granted++;
        }
        expect(answers.filter(({ kind }) => kind === 'deny')).toEqual([]);
      },
    );
    await fc.assert(property, { numRuns: 400 });
    expect(granted).toBeGreaterThan(50);
  });
});

const argumentOf: { readonly [tool: string]: string } = {
  run_command: 'command',
  fetch_url: 'url',
  write_file: 'path',
};

/** Asks for all of them at once; the answers are added when they come. */
function askAll(
  inbox: Inbox,
  texts: readonly { readonly tool: string; readonly text: string }[],
): readonly Answer[] {
  const answers: Answer[] = [];
  for (const [index, { tool, text }] of texts.entries()) {
    const input = { [argumentOf[tool] ?? '']: text };
    const call = callOf(tool, input, { agent: 'test' });
    const place = { runId: 'r', conversation: index, turn: 1, callId: 'c', agent: 'test' };
    const asking = {
      request: {
        ...{ ...place, tool: call.tool, input },
        asked: { verdict: 'ask', by: { kind: 'default', why: 'No rule allows it.' } },
      },
      ...{ call, system: linux, tools, rules: () => [], isSameTool: () => true },
      withInput: async (changed: unknown) => ({ call, input: changed }),
      onDecided: (_: unknown, __: readonly DecidedCall[]) => undefined,
    } as const;
    void inbox.ask(asking, new AbortController().signal).then((answer) => answers.push(answer));
  }
  return answers;
}
