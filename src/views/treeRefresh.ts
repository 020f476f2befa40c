import * as vscode from 'vscode';
import { Throttle } from './throttle.ts';

/** Updates of a tree come at most this often, in ms. */
const intervalMs = 200;

/**
 * Tells a tree which of its nodes have changed: all that changed in a while at once, and nothing
 * while the tree cannot be seen.
 */
export class TreeRefresh<Node> implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<Node[] | undefined>();
  readonly #throttle = new Throttle(intervalMs, () => this.#flush());
  readonly #nodes = new Set<Node>();
  #root = false;
  #visible = false;

  readonly onDidChangeTreeData = this.#changed.event;

  /** Something shown for a node changed; undefined when nodes came or went at the top. */
  mark(node: Node | undefined): void {
    if (node === undefined) this.#root = true;
    else this.#nodes.add(node);
    if (this.#visible) this.#throttle.request();
  }

  setVisible(visible: boolean): void {
    this.#visible = visible;
    if (visible && (this.#root || this.#nodes.size > 0)) this.#throttle.request();
  }

  dispose(): void {
    this.#throttle.dispose();
    this.#changed.dispose();
  }

  #flush(): void {
    const changed = this.#root ? undefined : [...this.#nodes];
    this.#root = false;
    this.#nodes.clear();
    this.#changed.fire(changed);
  }
}
