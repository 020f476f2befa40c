import type { Token } from './token.ts';

const small: ReadonlyMap<string, number> = new Map(
  [
    ...'zero one two three four five six seven eight nine ten'.split(' '),
    ...'eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' '),
  ].map((word, value) => [word, value]),
);

const tens: ReadonlyMap<string, number> = new Map(
  'twenty thirty forty fifty sixty seventy eighty ninety'
    .split(' ')
    .map((word, index) => [word, (index + 2) * 10]),
);

const scales: ReadonlyMap<string, number> = new Map([
  ['thousand', 1_000],
  ['million', 1_000_000],
  ['billion', 1_000_000_000],
]);

/** "one" and "two" after these words are references: "the second one", "the two results". */
const referring = new Set(['the', 'first', 'second', 'third', 'last', 'other', 'this', 'that']);

/** Replaces number words ("two hundred and five") with numbers. */
export function readNumberWords(tokens: readonly Token[]): readonly Token[] {
  const read: Token[] = [];
  let index = 0;
  while (index < tokens.length) {
    const run = refersTo(read.at(-1)) ? undefined : readRun(tokens, index);
    const token = tokens[index];
    if (run !== undefined) read.push({ kind: 'number', value: run.value });
    else if (token !== undefined) read.push(token);
    index = run?.end ?? index + 1;
  }
  return read;
}

function refersTo(token: Token | undefined): boolean {
  return token?.kind === 'word' && referring.has(token.word);
}

/** `total` sums the closed groups; `group` is the part below a thousand still being read. */
interface NumberRun {
  readonly total: number;
  readonly group: number | undefined;
}

function readRun(
  tokens: readonly Token[],
  start: number,
): { readonly value: number; readonly end: number } | undefined {
  let run: NumberRun = { total: 0, group: undefined };
  let end = start;
  while (true) {
    const skip = wordAt(tokens, end) === 'and' && mayJoin(run) ? 1 : 0;
    const word = wordAt(tokens, end + skip);
    const next = skip === 1 && unitOf(word) === undefined ? undefined : extend(run, word);
    if (next === undefined) break;
    run = next;
    end += skip + 1;
  }
  return run.group === undefined ? undefined : { value: run.total + run.group, end };
}

/** Whether an "and" may follow, as in "two hundred and five". */
function mayJoin(run: NumberRun): boolean {
  if (run.group === undefined) return false;
  return run.group === 0 ? run.total > 0 : run.group % 100 === 0;
}

function extend(run: NumberRun, word: string): NumberRun | undefined {
  const { total, group } = run;
  const unit = unitOf(word);
  if (unit !== undefined) {
    return mayAdd(run, unit) ? { total, group: (group ?? 0) + unit } : undefined;
  }
  if (group === undefined || group === 0) return undefined;
  if (word === 'hundred') return group < 10 ? { total, group: group * 100 } : undefined;
  const scale = scales.get(word);
  return scale === undefined ? undefined : { total: total + group * scale, group: 0 };
}

function wordAt(tokens: readonly Token[], index: number): string {
  const token = tokens[index];
  return token?.kind === 'word' ? token.word : '';
}

/** The value of one word from "zero" to "ninety-nine". */
function unitOf(word: string): number | undefined {
  const [first = '', second] = word.split('-');
  const ten = tens.get(first);
  if (second === undefined) return small.get(first) ?? ten;
  const one = small.get(second);
  return ten !== undefined && one !== undefined && one < 10 ? ten + one : undefined;
}

function mayAdd({ total, group }: NumberRun, unit: number): boolean {
  if (group === undefined) return true;
  if (unit === 0) return false;
  if (group === 0) return total > 0;
  if (group % 100 === 0) return true;
  return group % 100 >= 20 && group % 10 === 0 && unit < 10;
}
