import { html, nothing, type TemplateResult } from 'lit';
import type { PanelRequest } from '../../src/shared/panelProtocol.ts';
import { personWaitWords } from '../../src/shared/question.ts';
import type { RunState } from '../../src/shared/runState.ts';
import { isQuestion } from '../../src/shared/toolCall.ts';
import { type AskedTool, groupUndecided } from '../state/undecidedGroups.ts';
import { visibleLine } from '../text/visibleText.ts';
import { icon } from './controls.ts';

/** What the strip needs in addition to the run. */
export interface ApprovalsStripContext {
  readonly show: (conversation: number) => void;
  readonly send: (request: PanelRequest) => void;
}

/**
 * One line that says how many tool calls wait for a decision and how many questions for an answer, with links to
 * their conversations and to the view where they are decided; nothing if none waits.
 */
export function approvalsStrip(
  run: RunState,
  { show, send }: ApprovalsStripContext,
): TemplateResult | typeof nothing {
  const { waiting, running } = run.counts;
  const tools = waiting + running === 0 ? [] : groupUndecided(run.conversations);
  if (tools.length === 0) return nothing;
  const calls = callsOf(tools.filter((tool) => !isQuestion(tool)));
  const questions = callsOf(tools.filter(isQuestion));
  return html`<section class="strip approvals-strip" aria-label="Approvals">
    ${icon(calls === 0 ? 'comment-discussion' : 'shield', 'state-undecided')}
    <strong class="approvals-count">${personWaitWords({ calls, questions })}</strong>
    <span class="approvals-tools">${tools.map((tool) => toolButton(tool, show))}</span>
    <span class="strip-actions">
      <button
        type="button"
        class="link review-approvals"
        title="Allow, deny or answer them in the Approvals view"
        @click=${() => send({ type: 'reviewApprovals' })}
      >Review Approvals</button>
    </span>
  </section>`;
}

function callsOf(tools: readonly AskedTool[]): number {
  return tools.reduce((sum, tool) => sum + tool.calls, 0);
}

function toolButton(
  { name, calls, conversation }: AskedTool,
  show: (conversation: number) => void,
): TemplateResult {
  return html`<button
    type="button"
    class="link approvals-tool"
    title="Show the first conversation that asks for it"
    @click=${() => show(conversation)}
  >${visibleLine(name, 100)} (${calls})</button>`;
}
