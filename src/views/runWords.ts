import type { RunListing } from '../host/runService.ts';
import { formatComparison, plural } from '../shared/quantities.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';
import type { PhaseCounts, RunState } from '../shared/runState.ts';
import { compareRun } from '../shared/runState.ts';
import { startWords } from '../shared/runWords.ts';
import { oneLine } from './oneLine.ts';
import { progressOf, progressSentence, troubles } from './runProgress.ts';

/** What it ran. */
export function runLabel({ started }: RunState): string {
  return oneLine(started.title);
}

/** `14:02 · 18/20`, failures and, for a finished run, the duration. */
export function runDescription(run: RunState): string {
  const { ended, total } = progressOf([run]);
  const state = run.state === 'interrupted' ? [run.state] : [];
  const when = startWords(run.started.startedAt);
  const parts = [...state, when, `${ended}/${total}`, ...troubles(progressOf([run]))];
  if (run.state === 'cancelled' && run.counts.cancelled === 0) parts.push(run.state);
  if (run.state === 'finished') parts.push(formatComparison(compareRun(run)));
  return parts.join(' · ');
}

/** Like `runLabel`, for a saved run that is not open. */
export function listingLabel({ startedAt, title }: RunListing): string {
  return title === '' ? `Run of ${startWords(startedAt)}` : oneLine(title);
}

/** Like `runDescription`, for a saved run that is not open. */
export function listingDescription(listing: RunListing): string {
  const { state, counts, total, startedAt, comparison } = listing;
  const [word = '', ...others] = listingWords(listing);
  const isWord = word !== '' && word === stateWords[state];
  const isKnown = state !== 'unreadable';
  const progress = isKnown ? [startWords(startedAt), `${endedOf(counts)}/${total}`] : [];
  const parts = [isWord ? word : '', ...progress];
  parts.push(...(isWord ? others : listingWords(listing)));
  if (state === 'cancelled' && counts.cancelled === 0) parts.push(state);
  if (state === 'finished' && comparison !== undefined) parts.push(formatComparison(comparison));
  return parts.filter(Boolean).join(' · ');
}

/** A saved run that is not open, for screen readers. */
export function listingSentence(listing: RunListing): string {
  const { state, number, counts, title, total, startedAt } = listing;
  const name = number === undefined ? 'Run' : `Run ${number}`;
  const ended = `${endedOf(counts)} of ${plural(total, 'conversation')} ended`;
  const known = state === 'unreadable' ? [] : [ended];
  const parts = [oneLine(title), name, startWords(startedAt), ...known, ...listingWords(listing)];
  return parts.filter(Boolean).join(', ');
}

/** A loaded run for screen readers: what it ran, its number and time, and how far it is. */
export function runSentence(run: RunState): string {
  const { title, number, startedAt } = run.started;
  const progress = progressSentence(progressOf([run]));
  const state = run.state === 'running' ? [] : [run.state];
  return [oneLine(title), `Run ${number}`, startWords(startedAt), ...state, progress].join(', ');
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

function endedOf({ done, failed, stopped, cancelled }: PhaseCounts): number {
  return done + failed + stopped + cancelled;
}

/** The folders of a run of another window: `in website, api`. */
export function originWords(folders: readonly OriginFolder[]): string {
  return folders.length === 0
    ? 'no folder'
    : `in ${oneLine(folders.map(({ name }) => name).join(', '))}`;
}
