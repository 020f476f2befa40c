import * as vscode from 'vscode';
import { Throttle } from './throttle.ts';

/** Min time between updates of a tree, in ms. */
const intervalMs = 200;

/**
 * Tells a tree which nodes have changed: batches changes, and sends nothing while the tree is
 * hidden.
 */
export class TreeRefresh<Node> implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<Node[] | undefined>();
  readonly #throttle = new Throttle(intervalMs, () => this.#flush());
  readonly #nodes = new Set<Node>();
  #root = false;
  #visible = false;
  #wasFetched = false;
  #fetches = 0;

  readonly onDidChangeTreeData = this.#changed.event;

  /** Marks a node as changed; undefined marks the whole tree. */
  mark(node: Node | undefined): void {
    if (node === undefined) this.#root = true;
    else this.#nodes.add(node);
    this.#request();
  }

  /** Sends pending changes when the tree becomes visible. */
  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#request();
  }

  /**
   * VS Code is fetching the first level of the tree, with all changes so far. A change that it is told of during a
   * fetch makes it forget the nodes that it then shows, and run commands on them without their argument.
   */
  fetching(): void {
    this.#wasFetched = true;
    this.#root = false;
    this.#nodes.clear();
    this.#throttle.skip();
  }

  /** The same for a fetch that takes time. */
  async fetch<T>(get: () => Promise<T>): Promise<T> {
    this.fetching();
    this.#fetches++;
    try {
      return await get();
    } finally {
      this.#fetches--;
      this.#throttle.skip();
      this.#request();
    }
  }

  dispose(): void {
    this.#throttle.dispose();
    this.#changed.dispose();
  }

  #request(): void {
    const hasChanges = this.#root || this.#nodes.size > 0;
    const mayTell = this.#visible && this.#wasFetched && this.#fetches === 0;
    if (mayTell && hasChanges) this.#throttle.request();
  }

  #flush(): void {
    const changed = this.#root ? undefined : [...this.#nodes];
    this.#root = false;
    this.#nodes.clear();
    this.#changed.fire(changed);
  }
}
