import { EventEmitter } from './fakeWindow.ts';

/** A webview panel for tests. */
export class FakePanel {
  readonly #messages = new EventEmitter<unknown>();
  readonly #disposed = new EventEmitter<void>();
  readonly #viewState = new EventEmitter<void>();
  readonly posted: { readonly type: string }[] = [];
  readonly viewColumn = 2;
  visible = true;
  active = false;
  title = '';
  isDisposed = false;
  reveals = 0;
  iconPath: unknown;
  readonly webview = {
    html: '',
    options: {} as { readonly enableScripts?: boolean },
    cspSource: 'https://panel.example',
    asWebviewUri: (uri: unknown) => uri,
    postMessage: async (message: { readonly type: string }) => {
      this.posted.push(structuredClone(message));
      return true;
    },
    onDidReceiveMessage: this.#messages.event,
  };
  readonly onDidDispose = this.#disposed.event;
  readonly onDidChangeViewState = this.#viewState.event;

  /** Posts a message from the page. */
  says(message: unknown): void {
    this.#messages.fire(message);
  }

  /** The person looks at something else: the page is unloaded. */
  hides(): void {
    this.visible = false;
    this.#viewState.fire();
  }

  reveal(): void {
    this.reveals++;
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.#disposed.fire();
  }
}

interface Serializer {
  deserializeWebviewPanel(panel: FakePanel, state: unknown): Promise<void>;
}

/** Created panels, open tabs, and the registered serializer for panels of an earlier window. */
export class FakePanels {
  readonly made: FakePanel[] = [];
  readonly closedTabs: unknown[] = [];
  tabs: { readonly input: unknown }[] = [];
  serializer: Serializer | undefined;

  readonly window = {
    createWebviewPanel: (): FakePanel => {
      const panel = new FakePanel();
      this.made.push(panel);
      return panel;
    },
    registerWebviewPanelSerializer: (_type: string, serializer: Serializer) => {
      this.serializer = serializer;
      return { dispose: () => undefined };
    },
    tabGroups: {
      all: [{ tabs: this.tabs }],
      close: async (tabs: readonly unknown[]) => void this.closedTabs.push(...tabs),
    },
  };
}
