import { describe, expect, it } from 'vitest';
import { parseAgentFile } from '../../../../src/core/prompts/agentFile.ts';
import { parsePromptFile } from '../../../../src/core/prompts/parsePromptFile.ts';
import { readingTools } from '../../../support/readingTools.ts';
import { brief } from './reading.ts';

const known = ['read_file', 'list_files', 'search_text', 'sum_numbers'];

/** An agent file with this front matter: what is read of it, and what is said of it. */
function read(header: string) {
  const text = `---\n${header}\n---\nx`;
  const { agent, diagnostics } = parseAgentFile(text, 'x/odd.agent.md', {
    knownTools: readingTools(known),
  });
  const said = diagnostics.map(({ message }) => message);
  return { agent: agent!, said, briefs: diagnostics.map((each) => brief(text, each)) };
}

describe('the front matter of an agent file', () => {
  it.each([
    ['name: " a \\n b "', 'a b'],
    ['name: 5', '5'],
    ['name: true', 'true'],
    ['name: [a]', 'odd'],
    ['name:', 'odd'],
  ])('%s: the agent is called %s', (header, name) => {
    expect(read(header).agent.name).toBe(name);
  });

  it('says what is no text', () => {
    expect(read('description: {a: b}').said).toEqual([
      '"description" is not text and has no effect.',
    ]);
    expect(read('description: a').said).toEqual([]);
    expect(read(`description: ${'x'.repeat(10_001)}`).agent.description).toHaveLength(10_000);
  });

  it.each([
    ['model: m', 'm', 0],
    ['model: inherit', undefined, 0],
    ['model: [Big One, m, n]', 'm', 1],
    ['model: Big One', undefined, 1],
    [`model: ${'m'.repeat(501)}`, undefined, 0],
    [`model: ${'m'.repeat(500)}`, 'm'.repeat(500), 0],
  ])('%s: the model is %j', (header, model, notes) => {
    const { agent, said } = read(header);
    expect(agent.options.model).toBe(model);
    expect(said).toHaveLength(notes);
  });

  it.each([
    ['true', true],
    ['Yes', true],
    ['"on"', true],
    ['false', false],
    ['NO', false],
    ['"off"', false],
  ])('user-invocable: %s is %s', (value, flag) => {
    const text = `---\nuser-invocable: ${value}\n---\nx`;
    const { isPickable, diagnostics } = parseAgentFile(text, 'x/odd.agent.md', {});
    expect([isPickable, diagnostics]).toEqual([flag, []]);
  });

  it('says which value is used for one that is neither true nor false', () => {
    expect(read('user-invocable: perhaps').said).toEqual([
      '"user-invocable" must be true or false: true is used.',
    ]);
    expect(read('disable-model-invocation: [true]').said).toEqual([
      '"disable-model-invocation" must be true or false: false is used.',
    ]);
  });

  it.each([
    ['agents: [a, b, a]', ['a', 'b']],
    ['agents: a, b ,, c', ['a', 'b', 'c']],
    ['agents: "*"', ['*']],
    ['agents: []', []],
    ['agents: {a: b}', []],
    ['agents:', []],
    [`agents: [${'x'.repeat(201)}, y, "z\\u0007"]`, ['y']],
    ['tools: [agent, read_file]', ['*']],
    ['tools: [agent]\nagents: [a]', ['a']],
    ['tools: [read_file]', []],
    ['tools: {read_file: true}', []],
  ])('%s: may ask %j', (header, agents) => {
    expect(read(header).agent.agents).toEqual(agents);
  });

  it('says that a mapping is no list of agents', () => {
    expect(read('agents: {a: b}').said).toEqual([
      'This is not a list of names of agents: it may ask none.',
    ]);
    expect(read('agents: [a]').said).toEqual([]);
  });

  it.each([
    ['handoffs: a', [{ agent: 'a' }]],
    [
      'handoffs: [a, {agent: b, label: " l ", prompt: p, send: true}]',
      [{ agent: 'a' }, { agent: 'b', label: 'l', prompt: 'p' }],
    ],
    ['handoffs:', []],
    ['handoffs: []', []],
  ])('%s: hands over to %j', (header, handoffs) => {
    expect(read(header).agent.handoffs).toEqual(handoffs);
    expect(read(header).said).toEqual([]);
  });

  it.each([
    'handoffs: [{label: l}]',
    'handoffs: [5]',
    'handoffs: [[a]]',
    'handoffs: " "',
    'handoffs: [{agent: 5}]',
  ])('%s names no agent', (header) => {
    expect(read(header).agent.handoffs).toEqual([]);
    expect(read(header).said).toEqual([
      'This hand-over names no agent and is left out. Write "agent: name" in it.',
    ]);
  });

  it('has as many hand-overs and agents as can be kept', () => {
    const many = Array.from({ length: 101 }, (_, index) => `a${index}`).join(', ');
    expect(read(`handoffs: [${many}]`).agent.handoffs).toHaveLength(100);
    expect(read(`agents: [${many}]`).agent.agents).toHaveLength(100);
  });

  it.each([
    ['tools: read_file', ['read_file']],
    ['tools: [codebase, sum_numbers]', ['search_text', 'list_files', 'sum_numbers']],
    ['tools: [read, read_file]', ['read_file', 'list_files']],
    ['tools: ["*"]', undefined],
    ['tools: {sum_numbers: true, read_file: false}', ['sum_numbers']],
  ])('%s: has the tools %j', (header, tools) => {
    expect(read(header).agent.options.tools).toEqual(tools);
  });

  it('says which tools there are not, and what is no list of them', () => {
    expect(read('tools: [edit]').briefs).toEqual([
      'information unknown-tool 1:8 "edit"',
      'information unknown-tool 1:8 "edit"',
    ]);
    expect(read('tools: [5]').said).toEqual([
      'This is not a list of tool names: all available tools may be used.',
    ]);
    expect(read('tools: {sum_numbers: perhaps}').said).toEqual([
      'Write true or false. This tool is off.',
    ]);
  });

  it.each([
    ['modle: m', 'warning unknown-option 1:0 "modle"', / Did you mean "model"\?$/],
    ['zzz: m', 'information unknown-option 1:0 "zzz"', /it has no effect\.$/],
    ['maxTurns: 5', 'warning options-in-header 1:0 "maxTurns"', /Move it into a comment/],
  ])('%s is not used, which is said', (header, where, message) => {
    const { said, briefs } = read(header);
    expect(briefs).toEqual([where]);
    expect(said[0]).toMatch(message);
  });

  it.each([
    ...['argument-hint', 'color', 'hooks', 'infer', 'mcp-servers', 'memory', 'metadata', 'mode'],
    ...['permissionMode', 'skills', 'target', 'version', 'user-invokable'],
  ])('%s is a key of others', (key) => {
    expect(read(`${key}: true`).said).toEqual([]);
  });

  it('says which options of its comment only a prompt has', () => {
    const text = '---\nname: a\n---\n<!-- interleave\nsystem: s\nskip: true\nmaxTurns: 3\n-->\nx';
    const { agent, diagnostics } = parseAgentFile(text, 'a.agent.md', {});
    expect(agent?.options).toEqual({ maxTurns: 3 });
    expect(diagnostics.map(({ message }) => message.slice(0, 8))).toEqual(['"system"', '"skip" h']);
  });
});

describe('the front matter of a *.prompt.md', () => {
  const prompt = (header: string) => {
    const text = `---\n${header}\n---\nx`;
    const { prompts, diagnostics } = parsePromptFile(text, 'a.prompt.md', {
      knownTools: readingTools(known),
    });
    return { prompt: prompts[0]!, said: diagnostics.map(({ message }) => message) };
  };

  it.each([
    ['agent: reviewer', 'reviewer', 0],
    ['agent: Ask', undefined, 1],
    ['agent: plan', undefined, 1],
    ['agent: [a]', undefined, 1],
    [`agent: ${'a'.repeat(200)}`, 'a'.repeat(200), 0],
    [`agent: ${'a'.repeat(201)}`, undefined, 1],
  ])('%s: the agent is %j', (header, agent, notes) => {
    expect(prompt(header).prompt.options.agent).toBe(agent);
    expect(prompt(header).said).toHaveLength(notes);
  });

  it.each([
    ['name: 5', /^This name is not text: the prompt is named after its file\.$/],
    ['mode: agent', /^"mode" chooses an agent of VS Code's chat/],
    ['expect: 3', /^"expect" is not supported by this version of Interleave; remove it\.$/],
    ['maxTurns: 3', /^"maxTurns" is not applied: .*Move it into a comment/],
    ['desciption: x', /^"desciption" is neither .* Did you mean "description"\?$/],
    ['zzz: x', /^"zzz" is neither .*it has no effect\.$/],
  ])('%s has no effect, and the message says so', (header, message) => {
    const { said } = prompt(header);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(message);
  });

  it.each([
    ['tools: {sum_numbers: false}', ['read_file', 'list_files', 'search_text']],
    ['tools: {"*": true, sum_numbers: true}', undefined],
    ['tools: {}', known],
    ['tools: [sum_numbers, other]', ['sum_numbers']],
  ])('%s: has the tools %j', (header, tools) => {
    expect(prompt(header).prompt.options.tools).toEqual(tools);
  });

  it('is read key by key where it is no valid YAML', () => {
    const { prompt: read, said } = prompt(
      'argument-hint: [--a] [--b]\nmodel: m\n  name: x\ntools: [sum_numbers]',
    );
    expect(said[0]).toMatch(/^These options are not valid YAML/);
    expect(read.options).toMatchObject({
      model: expect.stringMatching(/^m/),
      tools: ['sum_numbers'],
    });
  });
});
