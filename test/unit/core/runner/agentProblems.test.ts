import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentMention, FoundAgent } from '../../../../src/core/base/agentDefinition.ts';
import { parseAgentFile } from '../../../../src/core/prompts/agentFile.ts';
import { parsePromptFile } from '../../../../src/core/prompts/parsePromptFile.ts';
import { AgentDirectory } from '../../../../src/core/runner/agentDirectory.ts';
import type { AgentProblem } from '../../../../src/core/runner/agentProblems.ts';
import { problemsOfAgent, problemsOfPrompts } from '../../../../src/core/runner/agentProblems.ts';

interface Read extends FoundAgent {
  readonly mentions: readonly AgentMention[];
}

function read(stem: string, header: string, folder = '/w/.github/agents'): Read {
  const file = `${folder}/${stem}.agent.md`;
  const { agent, ...rest } = parseAgentFile(`---\n${header}\n---\nBe brief.`, file);
  return { ...rest, file, definition: agent!, remarks: [] };
}

const problemsIn = (agent: Read, others: readonly FoundAgent[] = []) =>
  problemsOfAgent(agent, agent.mentions, new AgentDirectory([agent, ...others]));

/** `warning unknown-agent "seurity"`: what stands at the place of the problem. */
function brief({ severity, code, range }: AgentProblem, text: string): string {
  const { line, column, endLine, endColumn } = range;
  expect(endLine).toBe(line);
  return `${severity} ${code} ${JSON.stringify(text.split('\n')[line]!.slice(column, endColumn))}`;
}

describe('names of agents in an agent file', () => {
  const security = read('security', 'name: Security');

  it.each([
    ['agents: [security, seurity]', ['warning unknown-agent "seurity"']],
    ['agents:\n  - security\n  - "seurity"', ['warning unknown-agent "\\"seurity\\""']],
    ['agents: security, seurity', ['warning unknown-agent "security, seurity"']],
    ["agents: ['*']", []],
    [
      'handoffs:\n  - label: x\n    agent: seurity\n    prompt: y',
      ['warning unknown-agent "seurity"'],
    ],
    ['handoffs: [seurity]', ['warning unknown-agent "seurity"']],
    [
      'handoffs:\n  - agent: agent\n  - agent: Plan',
      ['information unknown-agent "agent"', 'information unknown-agent "Plan"'],
    ],
    ['agents: [me]', ['warning own-agent "me"']],
    ['handoffs:\n  - agent: SECURITY', []],
  ])('of %j have these problems', (header, expected) => {
    const text = `---\nname: me\n${header}\n---`;
    const found = problemsIn(read('me', `name: me\n${header}`), [security]);
    expect(found.map((problem) => brief(problem, text))).toEqual(expected);
  });

  it('that are misspelled are told with the name that was meant', () => {
    const [problem] = problemsIn(read('a', 'agents: [seurity]'), [security]);
    expect(problem!.message).toContain('Did you mean "Security"?');
    expect(problem!.message).toContain('It is left out.');
  });

  it('that lead back are told with the whole way', () => {
    const a = read('a', 'name: a\nhandoffs:\n  - agent: b');
    const b = read('b', 'name: b\nagents: [c, d]');
    const c = read('c', 'name: c\nhandoffs: [a]');
    const d = read('d', 'name: d');
    const [problem, ...others] = problemsIn(a, [b, c, d]);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ severity: 'information', code: 'agent-cycle' });
    expect(problem!.message).toContain('hands over in a circle: a → b → c → a.');
    expect(problemsIn(d, [a, b, c])).toEqual([]);
  });

  it('are looked up beside the file first, and are told when they could mean two elsewhere', () => {
    const mine = read('twin', 'name: twin', '/home/me/.copilot/agents');
    const beside = read('twin', 'name: twin');
    const asking = read('asking', 'agents: [twin]');
    expect(problemsIn(asking, [mine, beside])).toEqual([]);
    const elsewhere = read('asking', 'agents: [twin]', '/w/other/.github/agents');
    expect(problemsIn(elsewhere, [mine, beside])).toMatchObject([
      { code: 'same-name', severity: 'warning' },
    ]);
    expect(problemsIn(beside, [mine])).toMatchObject([
      { code: 'same-name', message: expect.stringContaining('Rename all but one.') },
    ]);
  });

  it('never throw, whatever the graph, and a circle is told of exactly where there is one', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const graphs = fc.tuple(...names.map(() => fc.subarray(names)));
    fc.assert(
      fc.property(graphs, (edges) => {
        const agents = names.map((name, index) =>
          read(name, `name: ${name}\nagents: [${edges[index]!.join(', ')}]`),
        );
        const reaches = (from: string, to: string, met = new Set<string>()): boolean =>
          edges[names.indexOf(from)]!.some(
            (next) => next === to || (!met.has(next) && reaches(next, to, new Set([...met, next]))),
          );
        for (const [index, agent] of agents.entries()) {
          const others = agents.filter((one) => one !== agent);
          const found = problemsIn(agent, others);
          const name = names[index]!;
          const circles = edges[index]!.filter((next) => next !== name && reaches(next, name));
          expect(found.filter(({ code }) => code === 'agent-cycle')).toHaveLength(circles.length);
          const isOwn = edges[index]!.includes(name);
          expect(found.some(({ code }) => code === 'own-agent')).toBe(isOwn);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('the agent that a prompt file names', () => {
  const directory = new AgentDirectory([read('reviewer', 'name: Reviewer')]);
  const problems = (text: string, file = 'x.prompts.md', isOfChat = false) =>
    problemsOfPrompts(parsePromptFile(text, file).agents ?? [], directory, { isOfChat });

  it.each([
    ['---\nagent: reviwer\n---\n## A\nx', 'x.prompts.md', '"reviwer"'],
    ['## A\n<!-- interleave\nagent: reviwer\n-->\nx', 'x.prompts.md', '"reviwer"'],
    ['## A\n<!-- interleave agent: reviwer -->\nx', 'x.prompts.md', '"reviwer"'],
    ['<!-- interleave agent: "reviwer" -->\nx', 'x.prompt.md', '"\\"reviwer\\""'],
    ['---\nagent: reviwer\n---\nx', 'x.prompt.md', '"reviwer"'],
  ])('in %j is told where it stands when there is none of this name', (text, file, place) => {
    const found = problems(text, file);
    expect(found.map((one) => brief(one, text))).toEqual([`error unknown-agent ${place}`]);
    expect(found[0]!.message).toContain('Did you mean "Reviewer"?');
  });

  it('is right in any case, and by the name of its file', () => {
    expect(problems('---\nagent: REVIEWER\n---\n## A\nx')).toEqual([]);
    expect(problems('---\nagent: Plan\n---\nx', 'x.prompt.md')).toEqual([]);
  });

  it('stops nothing where the file may be meant for the chat', () => {
    const [problem] = problems('---\nagent: Mine\n---\nx', 'x.prompt.md', true);
    expect(problem).toMatchObject({ severity: 'information', code: 'unknown-agent' });
    expect(problem!.message).toContain('answered without one');
  });
});
