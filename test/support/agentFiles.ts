/** An agent file as one finds them, and what of it is used. */
export interface AgentFileCase {
  readonly what: string;
  readonly text: string;
  /** Fields of the agent; those that are absent are not looked at. */
  readonly agent?: object;
  /** The codes of its diagnostics, sorted. */
  readonly codes?: readonly string[];
}

/** A variable of VS Code's chat. */
const variable = '$'.concat('{file}');

const body = 'You look at the changes and say what is wrong.';

function file(header: string, text: string = body): string {
  return `---\n${header}\n---\n\n${text}\n`;
}

/** Agent files in the forms that people write them, for VS Code, Copilot, Claude and others, and broken ones. */
export const agentFileCases: readonly AgentFileCase[] = [
  {
    what: 'all keys',
    text: file(
      `name: Reviewer
description: Reviews changes
argument-hint: what to look at
model: gpt-6-luna
tools: [read_file, search_text]
agents: [security, style]
user-invocable: true
disable-model-invocation: false
handoffs:
  - label: Fix it
    agent: fixer
    prompt: Fix what was found.
    send: true`,
    ),
    agent: {
      name: 'Reviewer',
      description: 'Reviews changes',
      systemPrompt: body,
      options: { model: 'gpt-6-luna', tools: ['read_file', 'search_text'] },
      agents: ['security', 'style'],
      handoffs: [{ agent: 'fixer', label: 'Fix it', prompt: 'Fix what was found.' }],
    },
    codes: [],
  },
  { what: 'a body alone', text: body, agent: { name: 'odd', systemPrompt: body }, codes: [] },
  { what: 'nothing at all', text: '', agent: { name: 'odd', systemPrompt: '' } },
  { what: 'an empty header', text: '---\n---\nBe brief.', agent: { systemPrompt: 'Be brief.' } },
  { what: 'a header that is never closed', text: `---\nname: x\n\n${body}` },
  { what: 'a header below a blank line', text: `\n${file('name: late')}`, agent: { name: 'late' } },
  {
    what: 'Windows line ends',
    text: file('name: crlf').replaceAll('\n', '\r\n'),
    agent: { name: 'crlf', systemPrompt: body },
  },
  { what: 'a byte order mark', text: `\uFEFF${file('name: marked')}`, agent: { name: 'marked' } },
  {
    what: 'a name in quotes',
    text: file(`name: "Plan: then do"`),
    agent: { name: 'Plan: then do' },
  },
  {
    what: 'a name with a colon and no quotes',
    text: file('name: Plan: then do'),
    agent: { name: 'Plan: then do' },
    codes: ['invalid-yaml'],
  },
  { what: 'a name that is a number', text: file('name: 42'), agent: { name: '42' }, codes: [] },
  {
    what: 'a name that is a list',
    text: file('name: [a, b]'),
    agent: { name: 'odd' },
    codes: ['no-effect'],
  },
  {
    what: 'a name without a value',
    text: file('name:'),
    agent: { name: 'odd' },
    codes: ['no-effect'],
  },
  { what: 'a name of one emoji', text: file('name: 🧪'), agent: { name: '🧪' }, codes: [] },
  {
    what: 'a name in Japanese',
    text: file('name: レビュー'),
    agent: { name: 'レビュー' },
    codes: [],
  },
  {
    what: 'a name of 5,000 characters',
    text: file(`name: ${'x'.repeat(5_000)}`),
    agent: { name: 'x'.repeat(200) },
  },
  {
    what: 'a description over several lines',
    text: file('description: >-\n  Plans\n  the work'),
    agent: { description: 'Plans the work' },
  },
  {
    what: 'a description with examples in tags',
    text: file('description: "Use it when <example>a: b</example>"'),
    agent: { description: 'Use it when <example>a: b</example>' },
  },
  {
    what: 'a description with an unquoted colon',
    text: file('description: Use this agent when: you plan'),
    agent: { description: 'Use this agent when: you plan' },
    codes: ['invalid-yaml'],
  },
  {
    what: 'a model by its display name',
    text: file('model: Claude Sonnet 4.5 (copilot)'),
    agent: { options: {} },
    codes: ['no-effect'],
  },
  {
    what: 'several models, one of them an id',
    text: file("model: ['GPT-6 (copilot)', 'gpt-6-luna']"),
    agent: { options: { model: 'gpt-6-luna' } },
  },
  {
    what: 'the model of whoever asks',
    text: file('model: inherit'),
    agent: { options: {} },
    codes: [],
  },
  {
    what: 'a model that is a mapping',
    text: file('model:\n  id: gpt'),
    agent: { options: {} },
    codes: ['no-effect'],
  },
  { what: 'no tools', text: file('tools: []'), agent: { options: { tools: [] } }, codes: [] },
  {
    what: 'groups of tools',
    text: file("tools: ['read', 'search', 'edit']"),
    agent: { options: { tools: ['read_file', 'list_files', 'search_text'] } },
  },
  {
    what: 'names of tools in one text',
    text: file('tools: read_file, search_text'),
    agent: { options: { tools: ['read_file', 'search_text'] } },
  },
  {
    what: 'tools of servers',
    text: file("tools: ['github/*', 'playwright/browser_click', read_file]"),
    agent: { options: { tools: ['read_file'] } },
    codes: ['unknown-tool', 'unknown-tool'],
  },
  { what: 'all tools', text: file("tools: ['*']"), agent: { options: {} }, codes: [] },
  {
    what: 'switches of tools',
    text: file('tools:\n  read_file: true\n  search_text: false'),
    agent: { options: { tools: ['read_file'] } },
  },
  {
    what: 'tools that are a number',
    text: file('tools: 7'),
    agent: { options: {} },
    codes: ['no-effect'],
  },
  {
    what: 'the tool that asks all agents',
    text: file("tools: ['agent', 'read_file']"),
    agent: { agents: ['*'], options: { tools: ['read_file'] } },
    codes: [],
  },
  {
    what: 'the same tool, and a list of agents',
    text: file("tools: ['agent']\nagents: ['a']"),
    agent: { agents: ['a'] },
  },
  { what: 'agents in one text', text: file('agents: a, b'), agent: { agents: ['a', 'b'] } },
  {
    what: 'agents that are a mapping',
    text: file('agents:\n  a: 1'),
    agent: { agents: [] },
    codes: ['no-effect'],
  },
  {
    what: 'agents that are no text',
    text: file('agents: [1, null, [x], ok]'),
    agent: { agents: ['ok'] },
  },
  { what: 'no agents', text: file("tools: ['agent']\nagents: []"), agent: { agents: [] } },
  {
    what: 'one hand-over that is no list',
    text: file('handoffs:\n  agent: next\n  label: Go'),
    agent: { handoffs: [{ agent: 'next', label: 'Go' }] },
  },
  {
    what: 'hand-overs by name',
    text: file('handoffs: [next, then]'),
    agent: { handoffs: [{ agent: 'next' }, { agent: 'then' }] },
  },
  {
    what: 'a hand-over to nobody',
    text: file('handoffs:\n  - label: Go\n    prompt: x'),
    agent: { handoffs: [] },
    codes: ['no-effect'],
  },
  {
    what: 'hand-overs without a value',
    text: file('handoffs:'),
    agent: { handoffs: [] },
    codes: [],
  },
  {
    what: 'a hand-over with a long prompt',
    text: file(
      'handoffs:\n  - agent: next\n    prompt: |\n      One.\n      Two.\n    showContinueOn: false',
    ),
    agent: { handoffs: [{ agent: 'next', prompt: 'One.\nTwo.' }] },
  },
  {
    what: 'hand-overs that are a text',
    text: file('handoffs: next'),
    agent: { handoffs: [{ agent: 'next' }] },
  },
  {
    what: 'hooks and servers',
    text: file(
      'hooks:\n  PreToolUse:\n    - type: command\n      command: rm -rf /\nmcp-servers:\n  x:\n    command: evil',
    ),
    agent: { options: {} },
    codes: [],
  },
  {
    what: 'keys of Claude',
    text: file('color: blue\npermissionMode: plan\nskills: [a]'),
    codes: [],
  },
  { what: 'a target', text: file('target: github-copilot'), codes: [] },
  { what: 'a key with a typing error', text: file('descripton: x'), codes: ['unknown-option'] },
  {
    what: 'a setting of ours in the header',
    text: file('provider: openai\nmaxTurns: 5'),
    agent: { options: {} },
    codes: ['options-in-header', 'options-in-header'],
  },
  {
    what: 'settings of ours in a comment',
    text: file('name: a', `<!-- interleave\nprovider: openai\nmaxTurns: 5\n-->\n\n${body}`),
    agent: { options: { provider: 'openai', maxTurns: 5 }, systemPrompt: body },
    codes: [],
  },
  {
    what: 'options of a prompt in a comment',
    text: file('name: a', `<!-- interleave\nsystem: x\nskip: true\n-->\n${body}`),
    agent: { options: {} },
    codes: ['no-effect', 'no-effect'],
  },
  {
    what: 'a setting that is wrong',
    text: file('name: a', `<!-- interleave maxTurns: many -->\n${body}`),
    agent: { options: {} },
    codes: ['invalid-value'],
  },
  {
    what: 'a server in a comment',
    text: file('name: a', `<!-- interleave baseUrl: http://evil.example -->\n${body}`),
    agent: { options: {} },
    codes: ['unknown-option'],
  },
  {
    what: 'tabs in the header',
    text: file('name: tabs\ntools:\n\t- read_file'),
    agent: { name: 'tabs' },
  },
  {
    what: 'an unquoted list of options',
    text: file('argument-hint: [--strict] [--json]\nname: a'),
    agent: { name: 'a' },
    codes: ['invalid-yaml'],
  },
  {
    what: 'a key given twice',
    text: file('name: a\nname: b'),
    agent: { name: 'a' },
    codes: ['duplicate-option'],
  },
  {
    what: 'an anchor and an alias',
    text: file('name: &n a\ndescription: *n'),
    agent: { name: 'a' },
  },
  {
    what: 'a tag that makes objects',
    text: file('name: !!js/function "x"'),
    codes: ['invalid-yaml'],
  },
  {
    what: 'a header of another format',
    text: '+++\nname = "toml"\n+++\nBody',
    agent: { systemPrompt: '+++\nname = "toml"\n+++\nBody' },
  },
  {
    what: 'JSON as a header',
    text: file('{"name": "json", "tools": ["read_file"]}'),
    agent: { name: 'json', options: { tools: ['read_file'] } },
  },
  {
    what: 'a header that is a list',
    text: file('- name: a'),
    agent: { name: 'odd' },
    codes: ['invalid-yaml'],
  },
  {
    what: 'a prototype as a key',
    text: file('__proto__: x\nconstructor: y\nname: a'),
    agent: { name: 'a' },
    codes: ['unknown-option', 'unknown-option'],
  },
  {
    what: 'variables in the body',
    text: file('name: a', `Look at ${variable} and #tool:read_file.`),
    agent: { systemPrompt: `Look at ${variable} and #tool:read_file.` },
    codes: [],
  },
  {
    what: 'a rule in the body',
    text: file('name: a', 'One\n\n---\n\nTwo'),
    agent: { systemPrompt: 'One\n\n---\n\nTwo' },
    codes: [],
  },
  {
    what: 'a comment that is never closed',
    text: file('name: a', '<!-- interleave\nmaxTurns: 5\n\nBody'),
    codes: ['unclosed-options'],
  },
  {
    what: 'a code fence that is never closed',
    text: file('name: a', '```\ncode'),
    agent: { systemPrompt: '```\ncode' },
  },
  {
    what: 'half a character',
    text: file('name: a', 'x\uD800y'),
    agent: { systemPrompt: 'x\uFFFDy' },
    codes: ['invalid-text'],
  },
  {
    what: 'flags that are words',
    text: file('user-invocable: "no"\ninfer: maybe'),
    codes: ['no-effect'],
  },
];
