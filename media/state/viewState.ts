import type { ConversationPhase } from '../../src/shared/conversationState.ts';
import { conversationPhases } from '../../src/shared/conversationState.ts';

/** The tabs of one conversation's details. */
export type DetailTab = 'answer' | 'tools' | 'changes' | 'prompt' | 'transcript' | 'usage' | 'raw';

/** All tabs, in display order. */
export const detailTabs: readonly DetailTab[] = [
  'answer',
  'tools',
  'changes',
  'prompt',
  'transcript',
  'usage',
  'raw',
];

/** An expanded row. `source` shows the answer's text instead of rendering it. */
export interface OpenRow {
  readonly tab: DetailTab;
  readonly source: boolean;
}

/** What the list shows. Immutable. No phases means all. */
export interface Filter {
  readonly phases: ReadonlySet<ConversationPhase>;
  readonly query: string;
}

/** The user's view of a run. */
export interface ViewState {
  readonly runId: string;
  readonly filter: Filter;
  /** Expanded rows by conversation. */
  readonly open: ReadonlyMap<number, OpenRow>;
  /** The conversation whose row has the focus, or gets it next. */
  readonly current: number;
  /** Whether each row has a second line, for the answer. */
  readonly twoLines: boolean;
}

/** What is at the top of the list: a conversation, and how far the top of its row is above that, in CSS pixels. */
export interface TopPlace {
  readonly conversation: number;
  readonly aboveTop: number;
}

/** The view as saved while the panel is hidden: small, plain JSON. */
export interface SavedView {
  readonly runId: string;
  readonly phases: readonly ConversationPhase[];
  readonly query: string;
  readonly open: readonly (readonly [number, DetailTab, boolean])[];
  readonly current: number;
  /** The conversation at the top of the list, and how far its top is above that. */
  readonly top: number;
  readonly aboveTop: number;
  readonly twoLines: boolean;
}

/** Max number of expanded rows that are saved; the latest ones win. */
const maxSavedRows = 100;
const maxQueryLength = 500;

/** A filter that matches everything. */
export const noFilter: Filter = { phases: new Set(), query: '' };

/** The view of a run that is shown for the first time. */
export function freshView(runId: string): ViewState {
  return { runId, filter: noFilter, open: new Map(), current: 0, twoLines: false };
}

/** Whether the filter matches everything. */
export function isEmpty(filter: Filter): boolean {
  return filter.phases.size === 0 && filter.query === '';
}

/** The filter with these phases toggled: on if one of them was off. */
export function togglePhases(filter: Filter, phases: readonly ConversationPhase[]): Filter {
  const next = new Set(filter.phases);
  const on = phases.every((phase) => next.has(phase));
  for (const phase of phases) {
    if (on) next.delete(phase);
    else next.add(phase);
  }
  return { ...filter, phases: next };
}

/** The view with a row expanded or, for `undefined`, collapsed. */
export function withRow(view: ViewState, index: number, row: OpenRow | undefined): ViewState {
  const open = new Map(view.open);
  if (row === undefined) open.delete(index);
  else open.set(index, row);
  return { ...view, open };
}

/** How a row is expanded at first. */
export const defaultRow: OpenRow = { tab: 'answer', source: false };

/** The view as it is saved. `top` is what is at the top of the list. */
export function saveView(view: ViewState, top: TopPlace): SavedView {
  const open = [...view.open].slice(-maxSavedRows);
  return {
    runId: view.runId,
    phases: [...view.filter.phases],
    query: view.filter.query.slice(0, maxQueryLength),
    open: open.map(([index, row]) => [index, row.tab, row.source]),
    current: view.current,
    top: top.conversation,
    aboveTop: Math.round(top.aboveTop),
    twoLines: view.twoLines,
  };
}

/** Restores what `saveView` returned for this run; undefined for anything else. */
export function restoreView(
  saved: unknown,
  runId: string,
): { readonly view: ViewState; readonly top: TopPlace } | undefined {
  if (!isRecord(saved) || saved.runId !== runId) return undefined;
  const phases = list(saved.phases).filter(isPhase);
  const query = typeof saved.query === 'string' ? saved.query.slice(0, maxQueryLength) : '';
  const view: ViewState = {
    runId,
    filter: { phases: new Set(phases), query },
    open: new Map(list(saved.open).flatMap(readRow)),
    current: position(saved.current),
    twoLines: saved.twoLines === true,
  };
  return {
    view,
    top: { conversation: position(saved.top), aboveTop: position(saved.aboveTop) },
  };
}

function readRow(saved: unknown): readonly (readonly [number, OpenRow])[] {
  const [index, tab, source] = list(saved);
  const known = detailTabs.find((name) => name === tab);
  if (known === undefined || !Number.isSafeInteger(index)) return [];
  return [[Number(index), { tab: known, source: source === true }]];
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function position(value: unknown): number {
  return Number.isSafeInteger(value) ? Math.max(0, Number(value)) : 0;
}

const phases: ReadonlySet<unknown> = new Set(conversationPhases);

function isPhase(value: unknown): value is ConversationPhase {
  return phases.has(value);
}
