import { html, nothing, type TemplateResult } from 'lit';
import { continueLabel } from '../../src/shared/continuing.ts';
import type { ConversationState } from '../../src/shared/conversationState.ts';
import {
  canContinue,
  hasEnded,
  lastDiscarded,
  ownTimeMs,
} from '../../src/shared/conversationState.ts';
import { errorWords } from '../../src/shared/errorWords.ts';
import type { ConversationError, ErrorKind } from '../../src/shared/outcome.ts';
import type { PanelRequest } from '../../src/shared/panelProtocol.ts';
import { formatDuration, plural } from '../../src/shared/quantities.ts';
import type { DiscardedRequest } from '../../src/shared/span.ts';
import { revealHidden } from '../../src/shared/visibleText.ts';
import { canRetry } from '../list/rowActions.ts';
import { icon } from '../panel/controls.ts';
import { RequestEvent } from '../panel/events.ts';
import { adviceFor, needsOtherModel } from '../text/advice.ts';
import { capitalized, phaseIcons, phaseLabels, reasonLabel } from '../text/labels.ts';

/** Why a conversation has no final answer, what it did before that, and what the user can do. */
export function outcomeBox(conversation: ConversationState): TemplateResult | typeof nothing {
  if (!hasEnded(conversation) || conversation.phase === 'done') return nothing;
  const { phase, error } = conversation;
  const title = reasonLabel(conversation);
  const advice = adviceFor(conversation);
  return html`<div class="outcome outcome-${phase}">
    <div class="outcome-title">
      ${icon(phaseIcons[phase], `state-${phase}`)}<strong>${capitalized(title)}</strong>
    </div>
    ${error === undefined ? nothing : html`<div class="outcome-message" dir="auto">${revealHidden(error.message)}</div>`}
    ${advice === undefined ? nothing : html`<div class="outcome-advice">${advice}</div>`}
    <div class="outcome-facts">${[...errorFacts(error), workDone(conversation)].join(' · ')}</div>
    ${canRetry(conversation) ? remedies(conversation) : nothing}
  </div>`;
}

/** The last attempt that failed, or how the conversation ended before its rerun. */
export function earlierOutcome(conversation: ConversationState): TemplateResult | typeof nothing {
  const discarded = lastDiscarded(conversation);
  if (discarded !== undefined) return discardedNote(discarded);
  const { previous } = conversation;
  if (previous === undefined) return nothing;
  const { status, error } = previous;
  const why = `${phaseLabels[status]}, ${reasonLabel(previous)}`;
  return html`<div class="earlier">${icon('history')} Before the rerun: ${why}${
    error === undefined ? '.' : html`: <bdi>${revealHidden(error.message)}</bdi>`
  }</div>`;
}

/** Says that an attempt failed, and why. Its text was discarded. */
export function discardedNote({ attempt, error, firstTokenMs }: DiscardedRequest): TemplateResult {
  const text = firstTokenMs === undefined ? '' : ', with all it had written';
  const what = `Attempt ${attempt} was discarded${text}: `;
  return html`<div class="earlier">${icon('history')} ${what}${errorWords[error.kind]}: <bdi>${revealHidden(error.message)}</bdi></div>`;
}

function errorFacts(error: ConversationError | undefined): readonly string[] {
  if (error === undefined) return [];
  const facts: string[] = [];
  if (error.httpStatus !== undefined) facts.push(`HTTP ${error.httpStatus}`);
  if (error.requestId !== undefined) facts.push(`request ${revealHidden(error.requestId)}`);
  if (error.attempts > 0) facts.push(plural(error.attempts, 'attempt'));
  return facts;
}

function workDone(conversation: ConversationState): string {
  const { turns, toolCalls, answer } = conversation;
  const done = [
    ...(turns.length > 0 ? [plural(turns.length, 'turn')] : []),
    ...(toolCalls.length > 0 ? [plural(toolCalls.length, 'tool call')] : []),
    ...(answer === '' ? [] : ['part of an answer']),
  ];
  const time = formatDuration(ownTimeMs(conversation, 0));
  return done.length === 0 ? `nothing done in ${time}` : `${done.join(', ')} in ${time}`;
}

function remedies(conversation: ConversationState): TemplateResult {
  const { index, error, provider } = conversation;
  return html`<div class="remedies">
    ${canContinue(conversation) ? remedy(continueLabel(conversation.reason), { type: 'continueConversation', conversation: index }) : nothing}
    ${remedy('Retry', { type: 'retryConversation', conversation: index })}
    ${accessRemedy(error?.kind, provider, index)}
  </div>`;
}

/** Models in VS Code have no API key, so *Select Model…* is offered for them. */
function accessRemedy(
  kind: ErrorKind | undefined,
  provider: string,
  conversation: number,
): TemplateResult | typeof nothing {
  if (needsOtherModel(kind, provider)) return remedy('Select Model…', { type: 'selectModel' });
  if (kind !== 'auth') return nothing;
  return remedy('Set API Key…', { type: 'setApiKey', conversation });
}

function remedy(label: string, request: PanelRequest): TemplateResult {
  return html`<button
    type="button"
    class="remedy"
    @click=${(event: Event) => event.target?.dispatchEvent(new RequestEvent(request))}
  >${label}</button>`;
}
