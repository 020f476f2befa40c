import { codeBlock } from '../shared/codeBlock.ts';
import type { DemoRequest, ToolExchange } from './demoRequest.ts';
import { editWishes } from './editCalls.ts';
import { callReply, type Reply, textReply, type WantedCall } from './reply.ts';
import { signed } from './signature.ts';
import { triesOf } from './toolTries.ts';

const maxCalls = 8;
const shownLines = 3;
const shownColumns = 120;

const searching = /\b(?:search(?:es)?|look|grep|occurrences?|find)\b[^`"“\n]{0,40}/i;
const listing = /\blist\b[^.?!\n]{0,30}\bfiles\b(?:[^.?!`\n]{0,30}`([^`\n]+)`)?/i;

/**
 * The next turn for a prompt about files: `read_file` for every path in backticks, `list_files` for
 * "list the files", `search_text` for "search for" and a text in backticks or quotes, and the tools that edit
 * for the phrases of `editWishes`. `undefined` when no offered tool applies.
 */
export function replyToWorkspace(request: DemoRequest): Reply | undefined {
  const wanted = wantedCalls(request.prompt).filter((call) => request.tools.includes(call.name));
  if (wanted.length === 0) return undefined;
  const results = wanted.map((call) => ({ call, result: triesOf(call, request.exchanges).at(-1) }));
  const open = results.filter(({ result }) => result === undefined).map(({ call }) => call);
  if (open.length > 0) return callReply(open);
  const parts = results.map(({ call, result }) => describe(call, result));
  return textReply(
    signed(
      `${parts.join('\n\n')}\n\nThis is a simulation: it runs the tools but does not understand what they return.`,
    ),
  );
}

/** What is looked at comes before what is edited. */
function wantedCalls(prompt: string): readonly WantedCall[] {
  const { calls: edits, rest } = editWishes(prompt);
  const list = listing.exec(rest);
  const search = searchedText(rest);
  const folder = list?.[1];
  const calls: WantedCall[] = [];
  if (list !== null) {
    calls.push({ name: 'list_files', input: folder === undefined ? {} : { path: folder } });
  }
  if (search !== undefined) calls.push({ name: 'search_text', input: { query: search } });
  for (const path of pathsIn(rest)) {
    if (path !== search && path !== folder) calls.push({ name: 'read_file', input: { path } });
  }
  return [...calls, ...edits].slice(0, maxCalls);
}

function searchedText(prompt: string): string | undefined {
  const intro = searching.exec(prompt);
  if (intro === null) return undefined;
  const rest = prompt.slice(intro.index + intro[0].length);
  const quoted = /^(?:`([^`\n]+)`|"([^"\n]+)"|“([^”\n]+)”)/.exec(rest);
  return quoted?.[1] ?? quoted?.[2] ?? quoted?.[3];
}

/** Texts in backticks that look like paths: with a folder or an extension. */
function pathsIn(prompt: string): readonly string[] {
  const quoted = [...prompt.matchAll(/`([^`\n]{1,300})`/g)].map((match) => match[1] ?? '');
  return [...new Set(quoted.map((text) => text.trim()).filter(isPath))];
}

function isPath(text: string): boolean {
  return (
    /^[\p{L}\p{N}_.@~/-][\p{L}\p{N}_ .@~()+/\\-]*$/u.test(text) &&
    /[\p{L}_-][/\\]|\.\p{L}/u.test(text)
  );
}

function describe(call: WantedCall, result: ToolExchange | undefined): string {
  const output = result?.output ?? '';
  const subject = `\`${call.name}\`${subjectOf(call)}`;
  if (result?.isError === true) return `${subject} failed: ${output.trim().slice(0, 300)}`;
  const { lines, note } = splitNote(output);
  if (lines.length === 0) return `${subject} returned ${note ?? 'nothing.'}`;
  const shown = lines.filter((line) => line.trim() !== '').slice(0, shownLines);
  const count = `${lines.length} ${lines.length === 1 ? 'line' : 'lines'} of text`;
  const begin = shown.length < lines.length ? `${count}, beginning with` : count;
  const excerpt = codeBlock(shown.map((line) => line.slice(0, shownColumns)).join('\n'));
  return `${subject} returned ${begin}:\n\n${excerpt}${note === undefined ? '' : `\n\n${note}`}`;
}

/** Of an edit the file, and not the texts. */
function subjectOf({ input }: WantedCall): string {
  const [subject] = 'path' in input ? [input.path] : Object.values(input);
  return subject === undefined ? '' : ` of \`${subject}\``;
}

/** Splits off the remark in square brackets that a tool may put at the end of its result. */
function splitNote(output: string): {
  readonly lines: readonly string[];
  readonly note: string | undefined;
} {
  const remark = /(?:^|\n\n)\[([^[\]\n]+)\]\n?$/.exec(output);
  const text = output.slice(0, remark?.index).replace(/\n$/, '');
  return { lines: text.trim() === '' ? [] : text.split('\n'), note: remark?.[1] };
}
