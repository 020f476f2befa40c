import type { WantedCall } from './reply.ts';

/** The edits that a prompt asks for, and the rest of the prompt. */
export interface EditWishes {
  readonly calls: readonly WantedCall[];
  readonly rest: string;
}

interface Phrase {
  readonly pattern: RegExp;
  readonly call: (quoted: readonly string[]) => WantedCall;
}

/** A text or a path in backticks. */
const quote = '`([^`\\n]{1,1000})`';

function phrase(text: string): RegExp {
  return new RegExp(`\\b${text.replaceAll('Q', quote).replaceAll(' ', '\\s+')}`, 'gi');
}

/** What the demo model understands of edits. */
const phrases: readonly Phrase[] = [
  {
    pattern: phrase('in Q,? replace Q (?:with|by) Q'),
    call: ([path = '', oldText = '', newText = '']) => edit(path, oldText, newText),
  },
  {
    pattern: phrase('replace Q (?:with|by) Q in Q'),
    call: ([oldText = '', newText = '', path = '']) => edit(path, oldText, newText),
  },
  {
    pattern: phrase('write Q (?:in)?to Q'),
    call: ([text = '', path = '']) => ({
      name: 'write_file',
      input: { path, content: `${text}\n` },
    }),
  },
  {
    pattern: phrase('rename Q to Q'),
    call: ([path = '', newPath = '']) => ({ name: 'rename_file', input: { path, newPath } }),
  },
  {
    pattern: phrase('delete Q'),
    call: ([path = '']) => ({ name: 'delete_file', input: { path } }),
  },
];

function edit(path: string, oldText: string, newText: string): WantedCall {
  return { name: 'edit_file', input: { path, oldText, newText } };
}

/**
 * Finds edits in a prompt, such as "in `a.ts`, replace `x` with `y`", in the order of the text. What they quote is
 * no longer in `rest`.
 */
export function editWishes(prompt: string): EditWishes {
  const found: { readonly at: number; readonly call: WantedCall }[] = [];
  let rest = prompt;
  for (const { pattern, call } of phrases) {
    rest = rest.replaceAll(pattern, (match: string, ...details: readonly unknown[]) => {
      const quoted = details.filter((detail) => typeof detail === 'string').slice(0, -1);
      found.push({ at: prompt.indexOf(match), call: call(quoted) });
      return ' '.repeat(match.length);
    });
  }
  const calls = found.sort((a, b) => a.at - b.at).map(({ call }) => call);
  return { calls, rest };
}
