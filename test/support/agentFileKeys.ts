/** An agent file as users write it, and what of it is used. */
export interface AgentFileCase {
  readonly what: string;
  readonly text: string;
  /** Fields of the agent; those that are absent are not looked at. */
  readonly agent?: object;
  /** The codes of its diagnostics, sorted. */
  readonly codes?: readonly string[];
}

/** A system prompt. */
export const body = 'You look at the changes and say what is wrong.';

/** An agent file with this header. */
export function file(header: string, text: string = body): string {
  return `---\n${header}\n---\n\n${text}\n`;
}

/** A header with a value that means nothing for its key: the agent is read without it, with a remark. */
function withoutEffect(what: string, header: string): AgentFileCase {
  return { what, text: file(header), agent: { options: {} }, codes: ['no-effect'] };
}

/** The keys for models, tools and other agents, with the values that VS Code, Copilot, Claude and others use. */
export const agentKeyCases: readonly AgentFileCase[] = [
  withoutEffect('a model by its display name', 'model: Claude Sonnet 4.5 (copilot)'),
  withoutEffect('a model that is a mapping', 'model:\n  id: gpt'),
  withoutEffect('tools that are a number', 'tools: 7'),
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
];
