import { html, nothing, type TemplateResult } from 'lit';
import type { PanelRequest } from '../../src/shared/panelProtocol.ts';
import { formatComparison } from '../../src/shared/quantities.ts';
import { compareRun, type RunState } from '../../src/shared/runState.ts';
import { startWords } from '../../src/shared/runWords.ts';
import { revealHidden } from '../../src/shared/visibleText.ts';
import type { KnownWork } from '../../src/shared/work.ts';
import { commonWait } from '../state/waitGroups.ts';
import { groupWaitText } from '../text/waits.ts';
import { icon, toolButton } from './controls.ts';

/** What the header needs in addition to the run. */
export interface HeaderContext {
  readonly work: KnownWork;
  /** Ms since the run's start. */
  readonly nowMs: number;
  /** Whether the run is being cancelled. */
  readonly cancelling: boolean;
  /** Whether the paused or interrupted run is being resumed. */
  readonly resuming: boolean;
  readonly send: (request: PanelRequest) => void;
  /** Whether each row has a second line, for the answer. */
  readonly twoLines: boolean;
  readonly setTwoLines: (twoLines: boolean) => void;
}

/** The run's title, model and times, and the actions on the whole run. */
export function headerView(run: RunState, context: HeaderContext): TemplateResult {
  const { started, conversations } = run;
  const title = revealHidden(started.title);
  const number = `Run ${started.number}, ${startWords(started.startedAt)}`;
  const models = new Set(conversations.map((conversation) => conversation.model));
  const model = models.size > 1 ? `${models.size} models` : started.agent.model;
  return html`<div class="run-header">
    <h1 class="run-title" dir="auto" title=${title}>${title}</h1>
    <span class="run-number" title=${new Date(started.startedAt).toLocaleString()}>${number}</span>
    <span class="run-model" dir="auto" title=${revealHidden(modelTitle(run))}>${revealHidden(model)}</span>
    ${started.simulated ? simulatedBadge() : nothing}
    <span class="run-times" title=${timesTitle}>${comparisonText(run, context)}</span>
    ${waitHint(run, context.nowMs)} ${toolbar(run, context)}
  </div>`;
}

/** What several conversations wait for, if it is the same for all that wait. */
function waitHint(run: RunState, nowMs: number): TemplateResult | typeof nothing {
  const group = run.counts.waiting < 2 ? undefined : commonWait(run.conversations, nowMs);
  if (group === undefined) return nothing;
  return html`<span class="run-wait" title="Time until the next of them continues"
    >${icon('watch')}<span>${groupWaitText(group, nowMs)}</span></span
  >`;
}

const timesTitle =
  'What the model and the tools took for all conversations together, about as long as one after another would take, ' +
  'compared with the time that has passed. Waits and failed attempts do not count.';

function modelTitle({ started }: RunState): string {
  const { provider, model, mode, concurrency, toolExecution } = started.agent;
  const limit =
    typeof concurrency === 'number' ? `at most ${concurrency} requests at a time` : concurrency;
  const tools = toolExecution === 'serial' ? 'tools one at a time' : 'tools in parallel';
  const way = mode === 'serial' ? 'one after another' : `concurrently, ${limit}`;
  return `${model} (${provider}), ${way}, ${tools}`;
}

function simulatedBadge(): TemplateResult {
  return html`<vscode-badge
    title="The answers come from the built-in demo model. No requests were sent to a provider."
    >Simulated by the demo model</vscode-badge
  >`;
}

function comparisonText(run: RunState, { nowMs, work }: HeaderContext): string {
  const comparison = compareRun(run, nowMs, work.of);
  return comparison.wallMs < 1 ? '' : formatComparison(comparison);
}

function toolbar(run: RunState, context: HeaderContext): TemplateResult {
  const { cancelling, send } = context;
  return html`<div class="run-toolbar" role="toolbar" aria-label="Run">
    ${run.state === 'running' ? cancelButton(cancelling, send) : nothing}
    ${againButton(run, context)}
    ${linesButton(context)}
    ${toolButton({
      icon: 'copy',
      label: 'Copy All Answers as Markdown',
      text: 'Copy All',
      run: () => send({ type: 'copyAll' }),
    })}
    ${toolButton({
      icon: 'export',
      label: 'Export Results…',
      text: 'Export…',
      run: () => send({ type: 'exportResults' }),
    })}
    ${toolButton({
      icon: 'output',
      label: 'Show Log',
      text: 'Show Log',
      run: () => send({ type: 'showLog' }),
    })}
  </div>`;
}

function linesButton({ twoLines, setTwoLines }: HeaderContext): TemplateResult {
  return html`<button
    type="button"
    class="tool"
    aria-pressed=${twoLines}
    aria-label="Two Lines per Row"
    title="Two Lines per Row"
    @click=${() => setTwoLines(!twoLines)}
  >${icon('list-selection')}</button>`;
}

function cancelButton(cancelling: boolean, send: HeaderContext['send']): TemplateResult {
  return toolButton({
    icon: 'debug-stop',
    label: cancelling ? 'Cancelling…' : 'Cancel Run. Finished conversations are kept.',
    text: cancelling ? 'Cancelling…' : 'Cancel',
    disabled: cancelling,
    run: () => send({ type: 'cancelRun' }),
  });
}

/** *Resume* for an interrupted run, else *Rerun Failed*, else *Run Remaining* for cancelled conversations. */
function againButton(
  { counts, state }: RunState,
  { cancelling, resuming, send }: HeaderContext,
): TemplateResult | typeof nothing {
  if (state === 'interrupted') {
    return toolButton({
      icon: 'debug-continue',
      label: resuming ? 'Resuming…' : 'Resume Run: Continue from the Last Complete Turns',
      text: resuming ? 'Resuming…' : 'Resume',
      disabled: resuming,
      run: () => send({ type: 'resumeRun' }),
    });
  }
  const { failed, stopped, cancelled } = counts;
  if (failed + stopped > 0) {
    const parts = [
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(stopped > 0 ? [`${stopped} stopped`] : []),
    ];
    return toolButton({
      icon: 'run-errors',
      label: `Rerun Failed: Run ${parts.join(', ')} Again`,
      text: 'Rerun Failed',
      run: () => send({ type: 'rerunFailed' }),
    });
  }
  if (cancelled === 0 || cancelling) return nothing;
  return toolButton({
    icon: 'debug-continue',
    label: `Run Remaining: Run ${cancelled} cancelled`,
    text: 'Run Remaining',
    run: () => send({ type: 'runRemaining' }),
  });
}
