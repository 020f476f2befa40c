import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type CpuProfile, summarize } from '../lab/profile.ts';
import type { LongTurn, LongTurns } from './longTurns.ts';

/** Turns in which the thread worked for so many ms: the others were long because other programs had the cores. */
const longCpuMs = 15;
/** So many functions and turns are told. */
const maxLines = 12;

/** What fills the long turns of an extension host, as text. `dist`: the folder of its bundles, not minified. */
export async function describeTurns({ turns, profile }: LongTurns, dist: string): Promise<string> {
  const names = (await readdir(dist)).filter((name) => name.endsWith('.js'));
  const bundles = new Map<string, string>();
  for (const name of names) bundles.set(name, await readFile(path.join(dist, name), 'utf8'));
  const long = turns.filter(({ cpuMs }) => cpuMs >= longCpuMs);
  const { functions, rooms } = summarize(within(profile, long), bundles);
  const sorted = long.toSorted((a, b) => b.cpuMs - a.cpuMs);
  return [
    `turns of at least 20 ms: ${turns.length}, of them ${long.length} with ${longCpuMs} ms of CPU time or more`,
    'the longest, ms of CPU time (ms of wall time):',
    ...sorted
      .slice(0, maxLines)
      .map(({ cpuMs, wallMs }) => `  ${cpuMs.toFixed(0)} (${wallMs.toFixed(0)})`),
    `in the ${long.length}, by rooms and functions, ms:`,
    ...[...rooms.slice(0, maxLines), ...functions.slice(0, maxLines)].map(
      ({ name, ownMs, nodeMs }) => `  ${(ownMs + nodeMs).toFixed(0).padStart(5)} ${name}`,
    ),
  ].join('\n');
}

/** The samples of these turns only. */
function within(profile: LongTurns['profile'], turns: readonly LongTurn[]): CpuProfile {
  const samples: number[] = [];
  const timeDeltas: number[] = [];
  let atUs = profile.startTime;
  for (const [place, sample] of profile.samples.entries()) {
    const us = profile.timeDeltas[place] ?? 0;
    atUs += us;
    const isIn = turns.some(
      (one) => atUs >= one.startUs && atUs <= one.startUs + one.wallMs * 1000,
    );
    if (!isIn) continue;
    samples.push(sample);
    timeDeltas.push(us);
  }
  return { ...profile, samples, timeDeltas };
}
