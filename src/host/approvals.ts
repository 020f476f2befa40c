import * as vscode from 'vscode';
import type {
  ApprovalRequest,
  Question,
  QuestionAnswer,
  RequestGroup,
} from '../core/approvals/inbox/approvalRequest.ts';
import type { Inbox } from '../core/approvals/inbox/inbox.ts';
import type {
  DecisionPreview,
  DecisionResult,
  InboxDecision,
  RequestOffers,
  RuleChoice,
  RuleScope,
} from '../core/approvals/inbox/inboxDecision.ts';

export type {
  ApprovalRequest,
  DecisionPreview,
  DecisionResult,
  InboxDecision,
  Question,
  QuestionAnswer,
  RequestGroup,
  RequestOffers,
  RuleChoice,
  RuleScope,
};

/** Rows of the *Approvals* view that the user wants to see. */
export interface ApprovalsWish {
  readonly runId?: string;
  /** Index in prompt order. */
  readonly conversation?: number;
}

/**
 * The tool calls of the window that wait for a decision, as views and commands see them. It is there before the
 * engine is, and empty until then.
 */
export class Approvals implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #wished = new vscode.EventEmitter<ApprovalsWish>();
  #inbox: Inbox | undefined;
  #following: { dispose(): void } | undefined;

  /** Fires once for each change: coalesce what is costly. */
  readonly onDidChange = this.#changed.event;
  /** The user wants to see the view. */
  readonly onDidWish = this.#wished.event;
  /** What is selected in the view. */
  selected: readonly ApprovalRequest[] = [];

  /** The engine is there. Called once. */
  connect(inbox: Inbox): void {
    this.#inbox = inbox;
    this.#following = inbox.onDidChange(() => this.#changed.fire());
    this.#changed.fire();
  }

  get size(): number {
    return this.#inbox?.size ?? 0;
  }

  /** How many of them wait for a decision, and how many for an answer. */
  get counts(): { readonly calls: number; readonly questions: number } {
    const { size, questions } = this.#inbox ?? { size: 0, questions: 0 };
    return { calls: size - questions, questions };
  }

  /** In the order in which they came. */
  requests(): readonly ApprovalRequest[] {
    return this.#inbox?.requests() ?? [];
  }

  /** The same, those that ask for the same together. */
  groups(): readonly RequestGroup[] {
    return this.#inbox?.groups() ?? [];
  }

  /** The rules that a click on a request could make; undefined when it does not wait any more. */
  offers(id: string): RequestOffers | undefined {
    return this.#inbox?.offers(id);
  }

  /** What a decision would do now. */
  preview(decision: InboxDecision): Promise<DecisionPreview> {
    return this.#connected().preview(decision);
  }

  decide(decision: InboxDecision): Promise<DecisionResult> {
    return this.#connected().decide(decision);
  }

  /** Shows the view. */
  show(wish: ApprovalsWish): void {
    this.#wished.fire(wish);
  }

  dispose(): void {
    this.#following?.dispose();
    this.#changed.dispose();
    this.#wished.dispose();
  }

  #connected(): Inbox {
    if (this.#inbox === undefined) throw new Error('Nothing has been asked yet.');
    return this.#inbox;
  }
}
