import type * as vscode from 'vscode';

const endKey = 'interleave.hostEnd';

/** What is kept of an extension host. */
interface KeptEnd {
  /** The session of its window; another one after a reload. */
  readonly session: string;
  readonly hasEnded: boolean;
}

/** Tells an extension host that follows one that has crashed in the same window from one of a new window. */
export class HostEnd {
  /** Whether the extension host before this one has crashed: its panels are still there, and dead. */
  readonly hasCrashed: boolean;
  readonly #memory: vscode.Memento;
  readonly #session: string;

  /** `memory` is the workspace's. */
  constructor(memory: vscode.Memento, session: string) {
    const before = memory.get<KeptEnd>(endKey);
    this.hasCrashed = before?.session === session && before.hasEnded === false;
    this.#memory = memory;
    this.#session = session;
    void this.#keep(false);
  }

  /** The extension host ends as it should. */
  async mark(): Promise<void> {
    await this.#keep(true);
  }

  #keep(hasEnded: boolean): Thenable<void> {
    const kept: KeptEnd = { session: this.#session, hasEnded };
    return this.#memory.update(endKey, kept);
  }
}
