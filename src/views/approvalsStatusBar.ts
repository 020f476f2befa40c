import * as vscode from 'vscode';
import type { Approvals } from '../host/approvals.ts';
import { callCount, callWords } from '../host/approvalWords.ts';
import { commands } from '../host/contributionIds.ts';
import { DisposableStore } from '../host/disposables.ts';
import { plainLines, plainText } from '../host/plainText.ts';
import { plural } from '../shared/quantities.ts';
import { Throttle } from './throttle.ts';

const intervalMs = 250;
/** Most groups that the tooltip names. */
const maxNamed = 8;

/** The status bar item that says how many tool calls wait for a decision. Hidden when none does. */
export class ApprovalsStatusBar implements vscode.Disposable {
  readonly #approvals: Approvals;
  readonly #item: vscode.StatusBarItem;
  readonly #throttle = new Throttle(intervalMs, () => this.#show());
  readonly #disposables = new DisposableStore();
  #tooltip = '';

  constructor(approvals: Approvals) {
    this.#approvals = approvals;
    this.#item = vscode.window.createStatusBarItem(
      'interleave.approvals',
      vscode.StatusBarAlignment.Left,
    );
    this.#item.name = 'Interleave Approvals';
    this.#item.command = commands.reviewApprovals;
    this.#item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
    this.#disposables.add(this.#item);
    this.#disposables.add(this.#throttle);
    this.#disposables.add(approvals.onDidChange(() => this.#throttle.request()));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #show(): void {
    const { size } = this.#approvals;
    if (size === 0) {
      this.#item.hide();
      return;
    }
    const { calls, questions } = this.#approvals.counts;
    const count = [
      ...(calls > 0 ? [plural(calls, 'approval')] : []),
      ...(questions > 0 ? [plural(questions, 'question')] : []),
    ].join(', ');
    this.#item.text = `$(${calls > 0 ? 'shield' : 'comment-discussion'}) ${count}`;
    this.#item.accessibilityInformation = { label: `Interleave: ${count} to decide on` };
    this.#showTooltip();
    this.#item.show();
  }

  /** Set only on changes: setting a tooltip closes it while the pointer is over it. */
  #showTooltip(): void {
    const groups = this.#approvals.groups();
    const lines = groups.slice(0, maxNamed).flatMap(({ requests }) => {
      const [first] = requests;
      return first === undefined
        ? []
        : [`${plainText(callWords(first), 120)} (${callCount(requests)})`];
    });
    const more = groups.length - lines.length;
    const rest = more > 0 ? [`and ${more} more`] : [];
    const tooltip = plainLines([...lines, ...rest, '', 'Click to decide or answer.'].join('\n'));
    if (tooltip === this.#tooltip) return;
    this.#tooltip = tooltip;
    this.#item.tooltip = tooltip;
  }
}
