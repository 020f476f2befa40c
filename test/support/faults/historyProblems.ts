/** One entry of a history, whatever the protocol. */
interface Entry {
  readonly role: 'user' | 'assistant';
  readonly calls: readonly string[];
  readonly results: readonly string[];
}

interface Block {
  readonly type?: string;
  readonly id?: unknown;
  readonly tool_use_id?: unknown;
  readonly call_id?: unknown;
  readonly role?: string;
}

interface Body {
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
  readonly input?: readonly Block[];
}

/**
 * Problems in a request's history that an API would refuse: order of roles, pairs of calls and
 * results, ids.
 */
export function historyProblems(body: string): readonly string[] {
  const parsed = JSON.parse(body) as Body;
  return problemsOf(
    parsed.messages ? fromMessages(parsed.messages) : fromItems(parsed.input ?? []),
  );
}

/** The same for the project's own messages. */
export function messageProblems(
  messages: readonly {
    readonly role: string;
    readonly toolCalls?: readonly { readonly callId: string }[];
    readonly outcomes?: readonly { readonly callId: string }[];
  }[],
): readonly string[] {
  return problemsOf(
    messages.map(({ role, toolCalls = [], outcomes = [] }) => ({
      role: role === 'assistant' ? 'assistant' : 'user',
      calls: toolCalls.map(({ callId }) => callId),
      results: outcomes.map(({ callId }) => callId),
    })),
  );
}

function problemsOf(entries: readonly Entry[]): readonly string[] {
  const problems: string[] = [];
  const ids = new Set<string>();
  let open: readonly string[] = [];
  if (entries[0]?.role !== 'user') problems.push('does not begin with the user');
  for (const [index, { role, calls, results }] of entries.entries()) {
    // The rest of a turn that the provider paused may follow. After tool results without an answer,
    // the model is asked for its answer in another user message.
    const before = entries[index - 1];
    const isAskedForAnswer =
      before !== undefined && before.results.length > 0 && results.length === 0;
    if (role === 'user' && before?.role === role && !isAskedForAnswer)
      problems.push(`${index}: user twice`);
    if (open.join() !== results.join()) {
      problems.push(`${index}: calls [${open}] are answered by [${results}]`);
    }
    for (const id of calls) {
      if (id === '' || ids.has(id)) problems.push(`${index}: the id "${id}" is empty or taken`);
      ids.add(id);
    }
    open = calls;
  }
  if (open.length > 0) problems.push(`the calls [${open}] have no results`);
  return problems;
}

function fromMessages(messages: NonNullable<Body['messages']>): readonly Entry[] {
  return messages.map(({ role, content }) => {
    const blocks = typeof content === 'string' ? [] : (content as readonly Block[]);
    return {
      role: role === 'assistant' ? 'assistant' : 'user',
      calls: blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => String(id ?? '')),
      results: blocks
        .filter(({ type }) => type === 'tool_result')
        .map(({ tool_use_id: id }) => String(id ?? '')),
    };
  });
}

/** Merges consecutive items of one side into one entry. */
function fromItems(items: readonly Block[]): readonly Entry[] {
  const entries: Entry[] = [];
  for (const item of items) {
    const entry = fromItem(item);
    const last = entries.at(-1);
    if (last === undefined || last.role !== entry.role) entries.push(entry);
    else entries.splice(-1, 1, joined(last, entry));
  }
  return entries;
}

function fromItem({ type, role, call_id: id }: Block): Entry {
  if (type === 'function_call_output') {
    return { role: 'user', calls: [], results: [String(id ?? '')] };
  }
  const calls = type === 'function_call' ? [String(id ?? '')] : [];
  return { role: role === 'user' ? 'user' : 'assistant', calls, results: [] };
}

function joined(a: Entry, b: Entry): Entry {
  return { role: a.role, calls: [...a.calls, ...b.calls], results: [...a.results, ...b.results] };
}
