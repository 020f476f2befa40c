import * as vscode from 'vscode';
import type { Notice } from '../shared/notice.ts';
import { type Severity, showMessage } from './messages.ts';

/** A notice, and how its notification looks. */
export interface AskedNotice extends Notice {
  readonly severity: Severity;
}

/**
 * Questions that wait for the user. A notification vanishes after some seconds, so the *Runs* view and open results
 * show each question, too, until it is answered in any of these places or withdrawn.
 */
export class Notices implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #open = new Map<string, { notice: Notice; settle: (choice?: string) => void }>();

  readonly onDidChange = this.#changed.event;

  /** The questions that are open, the oldest first. */
  get all(): readonly Notice[] {
    return [...this.#open.values()].map(({ notice }) => notice);
  }

  /**
   * Asks, and resolves with the label that the user selects; undefined when it is dismissed in a view or withdrawn.
   * Replaces an open question with the same id.
   */
  ask({ severity, ...notice }: AskedNotice): Promise<string | undefined> {
    this.withdraw(notice.id);
    return new Promise((resolve) => {
      const entry = {
        notice,
        settle: (choice?: string): void => {
          if (this.#open.get(notice.id) !== entry) return;
          this.#open.delete(notice.id);
          this.#changed.fire();
          resolve(choice);
        },
      };
      this.#open.set(notice.id, entry);
      this.#changed.fire();
      // A notification that is closed answers nothing. One that is out of date does nothing.
      void showMessage(severity, notice.text, notice.choices).then((choice) => {
        if (choice !== undefined) entry.settle(choice);
      });
    });
  }

  /** The user selected one of the choices in a view, or dismissed the question there (undefined). */
  answer(id: string, choice: string | undefined): void {
    const entry = this.#open.get(id);
    if (entry === undefined) return;
    if (choice !== undefined && !entry.notice.choices.includes(choice)) return;
    entry.settle(choice);
  }

  /** The question is out of date. */
  withdraw(id: string): void {
    this.#open.get(id)?.settle();
  }

  dispose(): void {
    for (const id of [...this.#open.keys()]) this.withdraw(id);
    this.#changed.dispose();
  }
}
