import type { RunListing } from '../host/runService.ts';
import { formatComparison, plural } from '../shared/quantities.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';
import type { PhaseCounts, RunState } from '../shared/runState.ts';
import { compareRun } from '../shared/runState.ts';
import { oneLine } from './oneLine.ts';
import { progressOf, troubles } from './runProgress.ts';

/** `14:02 · 18/20`. */
export function runLabel(run: RunState): string {
  const { ended, total } = progressOf([run]);
  return label(run.started.startedAt, ended, total);
}

/** Failures, title and, for a finished run, the duration. */
export function runDescription(run: RunState): string {
  const parts = [...troubles(progressOf([run])), oneLine(run.started.title)];
  if (run.state === 'interrupted') parts.unshift(run.state);
  if (run.state === 'cancelled' && run.counts.cancelled === 0) parts.push(run.state);
  if (run.state === 'finished') parts.push(formatComparison(compareRun(run)));
  return parts.join(' · ');
}

/** Like `runLabel`, for a saved run that is not open. */
export function listingLabel({ startedAt, state, counts, total }: RunListing): string {
  if (state === 'unreadable') return timeOfDay(startedAt);
  return label(startedAt, endedOf(counts), total);
}

/** Like `runDescription`, for a saved run that is not open. */
export function listingDescription(listing: RunListing): string {
  const { state, counts, title, comparison } = listing;
  const parts = [...listingWords(listing), oneLine(title)].filter(Boolean);
  if (state === 'cancelled' && counts.cancelled === 0) parts.push(state);
  if (state === 'finished' && comparison !== undefined) parts.push(formatComparison(comparison));
  return parts.join(' · ');
}

/** A saved run that is not open, for screen readers. */
export function listingSentence(listing: RunListing): string {
  const { state, number, counts, title, total } = listing;
  const name = number === undefined ? 'Run' : `Run ${number}`;
  const ended = `${endedOf(counts)} of ${plural(total, 'conversation')} ended`;
  const known = state === 'unreadable' ? [] : [ended];
  return [name, ...known, ...listingWords(listing), oneLine(title)].filter(Boolean).join(', ');
}

const stateWords: { readonly [S in RunListing['state']]?: string } = {
  interrupted: 'interrupted',
  running: 'running in another window',
  unreadable: 'cannot be read',
};

function listingWords({ state, counts }: RunListing): readonly string[] {
  const word = stateWords[state];
  return [
    ...(word === undefined ? [] : [word]),
    ...troubles({ ...counts, undecided: 0, asked: 0, held: undefined, paused: false }),
  ];
}

function label(startedAt: string, ended: number, total: number): string {
  return `${timeOfDay(startedAt)} · ${ended}/${total}`;
}

function endedOf({ done, failed, stopped, cancelled }: PhaseCounts): number {
  return done + failed + stopped + cancelled;
}

/** The folders of a run of another window: `in website, api`. */
export function originWords(folders: readonly OriginFolder[]): string {
  return folders.length === 0
    ? 'no folder'
    : `in ${oneLine(folders.map(({ name }) => name).join(', '))}`;
}

function timeOfDay(startedAt: string): string {
  const started = new Date(startedAt);
  return started.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
