/** Anything that can be disposed of; VS Code's shape. */
interface Disposable {
  dispose(): unknown;
}

/** Owns disposables and disposes of them in reverse order. One that comes too late goes at once. */
export class DisposableStore implements Disposable {
  readonly #items: Disposable[] = [];
  #disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#items.push(item);
    return item;
  }

  dispose(): void {
    this.#disposed = true;
    for (const item of this.#items.splice(0).reverse()) item.dispose();
  }
}
