import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { seededRandom } from '../seededRandom.ts';

/** A line of the source, in the form in which Stryker takes what to mutate: `file:line-line`. */
export type LineRange = string;

/** Lines on which Stryker finds something to change as a rule: conditions, calculations, texts, calls. */
const isMutable = /[<>=!+*/%&|?]=?|['"`]|\btrue\b|\bfalse\b|\.\w+\(|[{[]/;
const isNoCode = /^\s*(?:\/\/|\/?\*|import\b|export type\b|\}|\]|readonly\b|type\b|interface\b)/;

/** So many lines of these files, drawn by a seed: the same ones for the same seed and the same source. */
export function sampleLines(
  patterns: readonly string[],
  root: string,
  count: number,
  seed: number,
): readonly LineRange[] {
  const files = globSync([...patterns], { cwd: root }).map((file) => file.replaceAll('\\', '/'));
  const lines = files.sort().flatMap((file) =>
    readFileSync(path.join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (mayMutate(line) ? [`${file}:${index + 1}-${index + 1}`] : [])),
  );
  const random = seededRandom(seed);
  for (let drawn = 0; drawn < Math.min(count, lines.length); drawn++) {
    const other = drawn + Math.floor(random() * (lines.length - drawn));
    [lines[drawn], lines[other]] = [lines[other] ?? '', lines[drawn] ?? ''];
  }
  return lines.slice(0, count);
}

function mayMutate(line: string): boolean {
  return isMutable.test(line) && !isNoCode.test(line);
}
