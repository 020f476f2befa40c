import { html, nothing, type TemplateResult } from 'lit';
import type { ConversationPhase } from '../../src/shared/conversationState.ts';
import type { PhaseCounts, RunState } from '../../src/shared/runState.ts';
import type { Filter } from '../state/viewState.ts';
import { togglePhases } from '../state/viewState.ts';
import { phaseIcons, phaseLabels } from '../text/labels.ts';
import { icon, toolButton } from './controls.ts';
import { totalsView } from './totalsView.ts';

/** The order of the counters: ended conversations first, then the others. */
const counterOrder: readonly ConversationPhase[] = [
  'done',
  'failed',
  'stopped',
  'cancelled',
  'running',
  'waiting',
  'queued',
];

/** The counters, which are also filters, the totals and the search field. */
export function filterBar(
  run: RunState,
  filter: Filter,
  change: (filter: Filter) => void,
  shown: number,
): TemplateResult {
  return html`<div class="filter-bar">
    <div class="counters" role="group" aria-label="Show conversations">
      <button
        type="button"
        class="counter"
        aria-pressed=${filter.phases.size === 0}
        title="Show all conversations"
        @click=${() => change({ ...filter, phases: new Set() })}
      >All ${run.conversations.length}</button>
      ${counterOrder.map((phase) => counter(phase, run.counts, filter, change))}
    </div>
    ${totalsView(run)}
    ${foundText(run, filter, shown)} ${searchField(filter, change)}
  </div>`;
}

function counter(
  phase: ConversationPhase,
  counts: PhaseCounts,
  filter: Filter,
  change: (filter: Filter) => void,
): TemplateResult | typeof nothing {
  const on = filter.phases.has(phase);
  if (counts[phase] === 0 && !on) return nothing;
  const label = phaseLabels[phase];
  return html`<button
    type="button"
    class="counter"
    aria-pressed=${on}
    aria-label=${`${counts[phase]} ${label}`}
    title=${on ? `Showing ${label}; click to switch off` : `Show ${label}`}
    @click=${() => change(togglePhases(filter, [phase]))}
  >
    ${icon(phaseIcons[phase].split(' ')[0] ?? '', `state-${phase}`)}
    <span>${counts[phase]}</span> <span class="counter-label">${label}</span>
  </button>`;
}

/** How many conversations a search found. */
function foundText(
  { conversations }: RunState,
  { query }: Filter,
  shown: number,
): TemplateResult | typeof nothing {
  if (query.trim() === '') return nothing;
  return html`<span class="found" role="status">${shown} of ${conversations.length} found</span>`;
}

function searchField(filter: Filter, change: (filter: Filter) => void): TemplateResult {
  const set = (query: string): void => change({ ...filter, query });
  return html`<vscode-textfield
    class="search"
    .label=${'Search names, answers, errors, prompts and tool calls'}
    placeholder="Search"
    title="Search names, answers, errors, prompts and tool calls (/ or Ctrl+F)"
    .value=${filter.query}
    @input=${(event: Event) => set((event.target as HTMLInputElement).value)}
  >
    <span slot="content-before">${icon('search')}</span>
    ${filter.query === '' ? nothing : clearButton(() => set(''))}
  </vscode-textfield>`;
}

function clearButton(clear: () => void): TemplateResult {
  return html`<span slot="content-after">${toolButton({
    icon: 'close',
    label: 'Clear Search',
    run: clear,
  })}</span>`;
}

/** The progress bar, with the failed part marked. */
export function progressBar(run: RunState): TemplateResult {
  const { total, ended, failed } = progressOf(run);
  const share = (count: number): string => `width: ${total === 0 ? 0 : (count / total) * 100}%`;
  return html`<div
    class="progress"
    data-state=${run.state}
    role="progressbar"
    aria-label="Conversations that have ended"
    aria-valuemin="0"
    aria-valuemax=${total}
    aria-valuenow=${ended}
    aria-valuetext=${`${ended} of ${total} ended${failed === 0 ? '' : `, ${failed} failed`}`}
  ><div class="progress-ended" .style=${share(ended - failed)}></div><div
    class="progress-failed" .style=${share(failed)}
  ></div></div>`;
}

/** Counts for the progress bar and for announcements. */
export function progressOf(run: RunState): {
  readonly total: number;
  readonly ended: number;
  readonly failed: number;
} {
  const { done, failed, stopped, cancelled } = run.counts;
  const ended = done + failed + stopped + cancelled;
  return { total: run.conversations.length, ended, failed };
}
