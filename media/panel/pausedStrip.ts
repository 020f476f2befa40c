import { html, nothing, type TemplateResult } from 'lit';
import { lastDiscarded } from '../../src/shared/conversationState.ts';
import { interruptionText } from '../../src/shared/interruption.ts';
import type { ErrorKind } from '../../src/shared/outcome.ts';
import type { PanelRequest } from '../../src/shared/panelProtocol.ts';
import type { RunState } from '../../src/shared/runState.ts';
import { currentWait } from '../../src/shared/span.ts';
import { revealHidden } from '../../src/shared/visibleText.ts';
import { needsOtherModel, pauseAdvice } from '../text/advice.ts';
import { pauseText } from '../text/labels.ts';
import { icon } from './controls.ts';

/** What the strip needs in addition to the run. */
export interface PausedStripContext {
  /** Whether the run is being resumed. */
  readonly resuming: boolean;
  /** Whether the run is being cancelled. */
  readonly cancelling: boolean;
  readonly send: (request: PanelRequest) => void;
}

/** Why the run is paused or interrupted, and what the user can do; nothing while it is neither. */
export function pausedStrip(
  run: RunState,
  context: PausedStripContext,
): TemplateResult | typeof nothing {
  if (run.state === 'interrupted') return interruptedStrip(run, context);
  if (run.paused === undefined) return nothing;
  const { kind, message } = run.paused;
  const text = pauseText(kind, revealHidden(message));
  const provider = run.conversations[heldBack(run)]?.provider ?? run.started.agent.provider;
  const advice = pauseAdvice(kind, provider);
  return html`<section class="strip paused-strip" aria-label="Paused run">
    ${icon('debug-pause', 'state-stopped')}
    <span class="paused-text" title=${`${text}\n${advice}`}
      ><strong>Paused:</strong> <bdi>${text}</bdi> <span class="paused-advice">${advice}</span></span
    >
    <span class="strip-actions">
      ${accessButton(kind, provider, run, context)}
      ${action({
        label: context.resuming ? 'Resuming…' : 'Resume',
        title: 'Continue from where the run paused',
        disabled: context.resuming || context.cancelling,
        run: () => context.send({ type: 'resumeRun' }),
      })}
      ${action({
        label: context.cancelling ? 'Cancelling…' : 'Cancel',
        title: 'Cancel the run. Finished conversations are kept.',
        disabled: context.cancelling,
        run: () => context.send({ type: 'cancelRun' }),
      })}
    </span>
  </section>`;
}

/** The run was interrupted: its window or process ended before it did. */
function interruptedStrip(run: RunState, { resuming, send }: PausedStripContext): TemplateResult {
  return html`<section class="strip paused-strip" aria-label="Interrupted run">
    ${icon('debug-pause', 'state-stopped')}
    <span class="paused-text"
      ><strong>Interrupted:</strong> ${interruptionText(run)}.
      <span class="paused-advice">Resume to continue. Finished turns are not sent again.</span></span
    >
    <span class="strip-actions">
      ${action({
        label: resuming ? 'Resuming…' : 'Resume',
        title: 'Continue from the last complete turns',
        disabled: resuming,
        run: () => send({ type: 'resumeRun' }),
      })}
    </span>
  </section>`;
}

/** Models in VS Code have no API key, so *Select Model…* is offered for them. */
function accessButton(
  kind: ErrorKind,
  provider: string,
  run: RunState,
  context: PausedStripContext,
): TemplateResult | typeof nothing {
  if (!needsOtherModel(kind, provider)) {
    return kind === 'auth' ? keyButton(run, context) : nothing;
  }
  return action({
    label: 'Select Model…',
    title: 'Select another model',
    disabled: context.cancelling,
    run: () => context.send({ type: 'selectModel' }),
  });
}

function keyButton(run: RunState, { send, cancelling }: PausedStripContext): TemplateResult {
  return action({
    label: 'Set API Key…',
    title: 'Set another API key for this provider',
    disabled: cancelling,
    run: () => send({ type: 'setApiKey', conversation: heldBack(run) }),
  });
}

/** A conversation whose provider caused the pause: one whose last attempt failed with this error, else any that waits. */
function heldBack({ conversations, paused }: RunState): number {
  const blocked = conversations.filter((one) => currentWait(one)?.reason === 'blocked');
  const hit = blocked.find((one) => lastDiscarded(one)?.error.kind === paused?.kind);
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
