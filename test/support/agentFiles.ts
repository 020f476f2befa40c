import { type AgentFileCase, agentKeyCases, body, file } from './agentFileKeys.ts';

/** A variable of VS Code's chat. */
const variable = '$'.concat('{file}');

/** Agent files in the forms that users write them, for VS Code, Copilot, Claude and others, and broken ones. */
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
  ...agentKeyCases,
];
