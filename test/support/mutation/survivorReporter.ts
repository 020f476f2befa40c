/**
 * A Stryker plugin that prints each surviving mutant as soon as it is known, so that a long run that is stopped
 * has shown what it found.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Stryker } from '@stryker-mutator/core';

type MutantResult = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

/** The name by which Stryker's options choose this reporter. */
export const survivorReporter = 'survivors';

const maxText = 160;

/** One line about a mutant that no test noticed; undefined for any other. */
function lineOf(mutant: MutantResult): string | undefined {
  const { status, fileName, location, mutatorName, replacement } = mutant;
  if (status !== 'Survived' && status !== 'NoCoverage') return undefined;
  const { start, end } = location;
  const lines = readFileSync(fileName, 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line);
  // The end is cut first, so that its column is right when both are on one line.
  lines[lines.length - 1] = lines.at(-1)?.slice(0, end.column - 1) ?? '';
  lines[0] = lines[0]?.slice(start.column - 1) ?? '';
  const place = `${path.relative(process.cwd(), fileName)}:${start.line}:${start.column}`;
  const change = `${shorten(lines.join(' '))} → ${shorten(replacement)}`;
  return `${status === 'NoCoverage' ? 'not run' : 'unnoticed'} ${place} ${mutatorName}: ${change}`;
}

function shorten(text = ''): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > maxText ? `${line.slice(0, maxText)}…` : line || '(nothing)';
}

/** What Stryker loads. */
export const strykerPlugins = [
  {
    kind: 'Reporter',
    name: survivorReporter,
    value: {
      onMutantTested(mutant: MutantResult): void {
        const line = lineOf(mutant);
        if (line !== undefined) console.log(line);
      },
    },
  },
];
