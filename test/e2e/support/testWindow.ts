import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { LoopbackServer } from '../../support/loopback/loopbackServer.ts';
import { type OpenOptions, openVscode } from './openVscode.ts';
import type { VscodeDriver } from './vscodeDriver.ts';

/** The window of a test file, and the model that answers its prompts. */
export interface WindowOptions<M extends LoopbackServer> extends OpenOptions {
  /** Starts the server that the window uses as Anthropic's; when absent, the demo model answers. */
  readonly model?: () => Promise<M>;
}

/** A window that is open while a test runs. */
export interface TestWindow<M extends LoopbackServer> {
  readonly vs: VscodeDriver;
  /** Fails without a `model` in the options. */
  readonly model: M;
}

/**
 * Opens one window for all tests of the `describe` block around it, and closes it after them. The block's later
 * `beforeAll` hooks find the window open, and its later `afterAll` hooks still do. `options` may be a function, for
 * settings that name a server of the test.
 */
export function windowForAll<M extends LoopbackServer = LoopbackServer>(
  options: WindowOptions<M> | (() => Promise<WindowOptions<M>>),
): TestWindow<M> {
  const window = new Opening(options);
  beforeAll(() => window.open());
  afterAll(() => window.close());
  return window;
}

/** Opens a new window with a new workspace for each test of the `describe` block around it. */
export function windowForEach<M extends LoopbackServer = LoopbackServer>(
  options: WindowOptions<M>,
): TestWindow<M> {
  const window = new Opening(options);
  beforeEach(() => window.open());
  afterEach(() => window.close());
  return window;
}

class Opening<M extends LoopbackServer> implements TestWindow<M> {
  readonly #options: WindowOptions<M> | (() => Promise<WindowOptions<M>>);
  #vs: VscodeDriver | undefined;
  #model: M | undefined;

  constructor(options: WindowOptions<M> | (() => Promise<WindowOptions<M>>)) {
    this.#options = options;
  }

  get vs(): VscodeDriver {
    if (this.#vs === undefined) throw new Error('The window is not open.');
    return this.#vs;
  }

  get model(): M {
    if (this.#model === undefined) throw new Error('The window has no model of the test.');
    return this.#model;
  }

  async open(): Promise<void> {
    const given = typeof this.#options === 'function' ? await this.#options() : this.#options;
    const { model, settings, ...options } = given;
    this.#model = await model?.();
    const answering =
      this.#model === undefined
        ? { 'interleave.provider': 'demo', 'interleave.model': 'demo-fast' }
        : {
            'interleave.provider': 'anthropic',
            'interleave.anthropic.baseUrl': this.#model.url,
          };
    this.#vs = await openVscode({ ...options, settings: { ...answering, ...settings } });
  }

  async close(): Promise<void> {
    await this.#vs?.dispose();
    await this.#model?.close();
    this.#vs = undefined;
    this.#model = undefined;
  }
}
