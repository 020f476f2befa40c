import { readFileSync, writeFileSync } from 'node:fs';
import { encodeLine } from '../../../src/core/journal/record/recordLine.ts';

/** The first records of a run as they stand in its journal, with the plans where `started` has none. */
export interface WrittenStart {
  readonly started: { readonly conversations: object[] };
  readonly definition: object;
}

interface Line {
  readonly n: number;
  readonly p: { readonly k: string; planned: object };
}

/** Changes the first records of a run in its journal, with checksums that are right. */
export function changeStart<S>(journal: string, edit: (start: S) => void): void {
  const [first = '', ...rest] = readFileSync(journal, 'utf8').split('\n');
  const { p: start } = JSON.parse(first) as { readonly p: WrittenStart };
  const count = rest.findIndex((line) => !line.includes('"k":"planned"'));
  const plans = rest.slice(0, count).map((line) => JSON.parse(line) as Line);
  start.started.conversations.push(...plans.map(({ p }) => p.planned));
  edit(start as S);
  const changed = start.started.conversations.splice(0);
  plans.forEach(({ p }, index) => {
    p.planned = changed[index] ?? {};
  });
  const lines = [
    encodeLine(1, JSON.stringify(start)),
    ...plans.map(({ n, p }) => encodeLine(n, JSON.stringify(p))),
  ];
  writeFileSync(journal, `${lines.join('')}${rest.slice(count).join('\n')}`);
}
