import { html, nothing, type TemplateResult } from 'lit';
import type { FromPanel } from '../../src/shared/panelProtocol.ts';
import type { RunState } from '../../src/shared/runState.ts';
import { pauseAdvice } from '../text/advice.ts';
import { errorLabels } from '../text/labels.ts';
import { visibleText } from '../text/visibleText.ts';
import { icon } from './controls.ts';

/** What the strip needs besides the run. */
export interface PausedStripContext {
  /** Resume was asked for and has not happened yet. */
  readonly resuming: boolean;
  readonly cancelling: boolean;
  readonly send: (message: FromPanel) => void;
}

/** What holds the whole run back, said once, and the ways on; nothing while it is not paused. */
export function pausedStrip(
  run: RunState,
  context: PausedStripContext,
): TemplateResult | typeof nothing {
  if (run.paused === undefined) return nothing;
  const { kind, message } = run.paused;
  const text = `${errorLabels[kind]}: ${visibleText(message)}`;
  return html`<section class="strip paused-strip" aria-label="Paused run">
    ${icon('debug-pause', 'state-stopped')}
    <span class="paused-text" title=${`${text}\n${pauseAdvice(kind)}`}
      ><strong>Paused:</strong> ${text} <span class="paused-advice">${pauseAdvice(kind)}</span></span
    >
    <span class="strip-actions">
      ${kind === 'auth' ? keyButton(run, context) : nothing}
      ${action({
        label: 'Resume',
        title: 'Go on where it was held back',
        disabled: context.resuming || context.cancelling,
        run: () => context.send({ type: 'resumeRun' }),
      })}
      ${action({
        label: 'Cancel',
        title: 'Cancel the run: what has finished is kept',
        disabled: context.cancelling,
        run: () => context.send({ type: 'cancelRun' }),
      })}
    </span>
  </section>`;
}

function keyButton(run: RunState, { send, cancelling }: PausedStripContext): TemplateResult {
  return action({
    label: 'Set API Key…',
    title: 'Store another key for this provider',
    disabled: cancelling,
    run: () => send({ type: 'setApiKey', conversation: heldBack(run) }),
  });
}

/** A conversation whose provider is the one that refused: one that ran into it, or waits for it. */
function heldBack({ conversations, paused }: RunState): number {
  const blocked = conversations.filter(({ wait }) => wait?.reason === 'blocked');
  const hit = blocked.find(({ discarded }) => discarded?.kind === paused?.kind);
  return (hit ?? blocked[0])?.index ?? 0;
}

interface StripAction {
  readonly label: string;
  readonly title: string;
  readonly disabled: boolean;
  readonly run: () => void;
}

function action({ label, title, disabled, run }: StripAction): TemplateResult {
  return html`<button
    type="button"
    class="link"
    title=${title}
    ?disabled=${disabled}
    @click=${run}
  >${label}</button>`;
}
