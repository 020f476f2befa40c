import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentDefinitionSchema } from '../../../../src/core/base/agentDefinitionSchema.ts';
import { parseAgentFile } from '../../../../src/core/prompts/agentFile.ts';
import { agentFileCases } from '../../../support/agentFiles.ts';
import { readingTools } from '../../../support/readingTools.ts';

const knownTools = ['read_file', 'list_files', 'search_text', 'sum_numbers'];
const parse = (text: string) =>
  parseAgentFile(text, 'x/odd.agent.md', { knownTools: readingTools(knownTools) });

describe('an agent file', () => {
  it.each(agentFileCases)('with $what is read', ({ text, agent, codes }) => {
    const read = parse(text);
    expect(agentDefinitionSchema.safeParse(read.agent)).toMatchObject({ success: true });
    if (agent !== undefined) expect(read.agent).toMatchObject(agent);
    if (codes !== undefined) expect(read.diagnostics.map(({ code }) => code).sort()).toEqual(codes);
    expect(read.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each(['coordinator', 'calculator', 'librarian'])(
    'of the examples, %s, has no diagnostics',
    (name) => {
      const text = readFileSync(`examples/.github/agents/${name}.agent.md`, 'utf8');
      const tools = [...knownTools, 'subtract_numbers', 'multiply_numbers'];
      const read = parseAgentFile(text, `${name}.agent.md`, { knownTools: readingTools(tools) });
      expect(read.diagnostics).toEqual([]);
      expect(read.agent!.name).toBe(name);
    },
  );

  it('with no tools of its own keeps none', () => {
    expect(parse('---\ntools: []\n---\nx').agent!.options).toEqual({ tools: [] });
    expect(parse('---\nname: x\n---\nx').agent!.options).toEqual({});
  });

  it('may be kept from being picked, or from being asked by any agent', () => {
    const flags = (header: string) => {
      const { isPickable, isForOthers } = parse(`---\n${header}\n---\nx`);
      return [isPickable, isForOthers];
    };
    expect(flags('name: a')).toEqual([true, true]);
    expect(flags('user-invocable: false')).toEqual([false, true]);
    expect(flags('user-invokable: false')).toEqual([false, true]);
    expect(flags('disable-model-invocation: true')).toEqual([true, false]);
    expect(flags('infer: false')).toEqual([true, false]);
  });

  it.each([
    ['model: claude-opus-5.5', 'warning unknown-model "claude-opus-5.5"'],
    ['model: Claude_Opus-5-5', 'warning unknown-model "Claude_Opus-5-5"'],
    ['model: my-own-model', undefined],
    ['model: claude-opus-5-5', undefined],
    ['tools: [read_fle]', 'information unknown-tool "read_fle"'],
    ['tols: [read_file]', 'warning unknown-option "tols"'],
    ['brand-new-key: 1', 'information unknown-option "brand-new-key"'],
    ['description: [', 'warning invalid-yaml ""'],
  ])('with %s is told of it at its place', (header, expected) => {
    const text = `---\nname: a\n${header}\n---\nBe brief.`;
    const options = { knownTools: readingTools(knownTools), knownModels: ['claude-opus-5-5'] };
    const { diagnostics } = parseAgentFile(text, 'a.agent.md', options);
    const briefs = diagnostics.map(({ severity, code, range }) => {
      const line = text.split('\n')[range.line]!;
      const end = range.endLine === range.line ? range.endColumn : undefined;
      return `${severity} ${code} ${JSON.stringify(line.slice(range.column, end))}`;
    });
    expect(briefs).toEqual(expected === undefined ? [] : [expected]);
  });

  it('that no provider would accept is none', () => {
    const read = parse('---\nname: a\n---\nx\0y');
    expect(read.agent).toBeUndefined();
    expect(read.diagnostics).toMatchObject([{ severity: 'error', code: 'nul-character' }]);
    const large = parseAgentFile('x'.repeat(101), 'a.agent.md', { maxBytes: 100 });
    expect(large.agent).toBeUndefined();
    expect(large.diagnostics).toMatchObject([{ severity: 'error', code: 'too-large' }]);
  });

  it('of any text never throws, and gives an agent that a journal can keep', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(...agentFileCases.map(({ text }) => text)),
      fc.constantFrom(
        '---\n',
        'handoffs:\n',
        '  - agent: x\n',
        'tools: [',
        ']\n',
        '<!-- interleave',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const { agent } = parse(pieces.join(''));
        if (agent !== undefined) expect(agentDefinitionSchema.safeParse(agent).success).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
