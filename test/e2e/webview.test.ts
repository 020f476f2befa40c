import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anthropicEvents } from '../support/loopback/anthropicScript.ts';
import { type LoopbackServer, startLoopbackServer } from '../support/loopback/loopbackServer.ts';
import { plainReply, sseText, streamReply } from '../support/loopback/replies.ts';
import { answer, startScriptedModel } from '../support/loopback/scriptedModel.ts';
import { hostileMarkdown } from '../unit/media/markdown/hostileSamples.ts';
import { ownErrors } from './support/ownErrors.ts';
import { PageRequests } from './support/pageRequests.ts';
import { promptFile } from './support/promptFile.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import { step } from './support/steps.ts';
import { windowForAll } from './support/testWindow.ts';

const samples = hostileMarkdown.slice(0, 320);
/** Samples per answer, with a line between them, since expanding a row takes time. */
const perAnswer = 5;
const answers = samples.length / perAnswer;
const reopenings = 10;
const steady = ['Steady', 'Silent'];

/** The rendered content of an answer. */
interface Shown {
  /** Element names. */
  readonly elements: readonly string[];
  /** Attributes that could load, send or run something. */
  readonly active: readonly string[];
  readonly isEmpty: boolean;
}

describe('The results view in a real window', () => {
  let attacker: LoopbackServer;
  let requests: PageRequests;
  /** Each call releases one reply of the steady conversation. */
  const steps: (() => void)[] = [];
  const window = windowForAll(async () => {
    attacker = await startLoopbackServer(() => plainReply(200, 'thank you'));
    const { host } = new URL(attacker.url);
    const hostile = samples.map((sample) =>
      sample.replaceAll('https://evil.example', attacker.url).replaceAll('evil.example', host),
    );
    return {
      model: () =>
        startScriptedModel((prompt, { body }) => {
          const [, number] = /^Sample (\d+)$/.exec(prompt) ?? [];
          if (number !== undefined) {
            const first = Number(number) * perAnswer;
            return answer(hostile.slice(first, first + perAnswer).join('\n\n---\n\n'));
          }
          if (prompt === 'Silent') return [];
          const { promise, resolve } = Promise.withResolvers<void>();
          steps.push(resolve);
          const results = body.split('"tool_result"').length - 1;
          return [{ do: 'wait', for: promise }, ...turn(results)];
        }),
      files: {
        'hostile.prompts.md': promptFile(
          Array.from({ length: answers }, (_, index) => `Sample ${index}`),
        ),
        'steady.prompts.md': promptFile(steady),
      },
      settings: { 'interleave.concurrency': 'unlimited', 'interleave.confirmAbove': answers },
    };
  });

  beforeAll(() => {
    requests = new PageRequests(window.vs.page);
  });

  afterAll(async () => {
    await attacker?.close();
  });

  it(`shows ${samples.length} hostile answers and makes no requests`, async () => {
    const { vs } = window;
    expect(samples.length).toBeGreaterThan(300);
    await vs.openFile('hostile.prompts.md');
    await vs.runCommand('Interleave: Run All Prompts in File');
    const frame = await vs.webviewFrame('Sample 0');
    const panel = new ResultsPanel(frame);
    await panel.ended();
    const shown = await openEach(frame, answers);
    expect(shown).toHaveLength(answers);
    expect(shown.filter(({ isEmpty }) => isEmpty)).toEqual([]);
    const elements = new Set(shown.flatMap((one) => one.elements));
    // The answers were rendered as Markdown, and contain nothing that loads or runs.
    expect(elements).toContain('pre');
    const forbidden =
      /^(img|image|picture|video|audio|source|track|iframe|frame|object|embed|script|style|link|meta|base|svg|math|form|input|textarea|select|dialog|template|portal)$/;
    expect([...elements].filter((name) => forbidden.test(name))).toEqual([]);
    expect(new Set(shown.flatMap((one) => one.active))).toEqual(new Set());
    expect(attacker.socketsOpened).toBe(0);
    expect(requests.count).toBeGreaterThan(0);
    expect(requests.foreign()).toEqual([]);
    // The content policy had nothing to block.
    expect(ownErrors(vs.consoleLines)).toEqual([]);
    await vs.runCommand('View: Close All Editors');
  });

  it('is up to date however it is closed, opened and reloaded', async () => {
    const { vs } = window;
    await step(
      `is always up to date when closed and opened ${reopenings} times during a run (F28)`,
      async () => {
        await vs.openFile('steady.prompts.md');
        await vs.runCommand('Interleave: Run All Prompts in File');
        await ResultsPanel.find(vs, steady);
        await expect.poll(() => steps.length).toBe(1);
        await vs.openSidebar();
        const tree = new SidebarTree(vs.page, 'Runs');
        const tabs = vs.page.locator('.tab', { hasText: 'steady.prompts.md' });
        for (let round = 1; round <= reopenings; round++) {
          await tabs.last().click({ button: 'middle' });
          await expect.poll(() => tabs.count()).toBe(1);
          // Something happens while the panel is closed.
          steps.at(-1)?.();
          await expect.poll(() => steps.length).toBe(round + 1);
          // VS Code ignores a click on a row that it redraws, so click again.
          const reopen = async (): Promise<number> => {
            if ((await tabs.count()) < 2) await tree.row(/^Steady,/).click();
            return await tabs.count();
          };
          await expect.poll(reopen, { interval: 1_000 }).toBe(2);
          // In between, the panel closes before or while it loads.
          if (round % 5 !== 0) continue;
          const panel = await ResultsPanel.find(vs, steady);
          await panel.until(([first]) => first?.phase === 'running');
          const tools = panel.details('Steady').getByRole('tab', { name: /^Tools/ });
          await expect.poll(() => tools.textContent()).toContain(String(round));
        }
      },
    );

    await step('reloads with everything it showed, and shows how the run ends', async () => {
      const before = await ResultsPanel.find(vs, steady);
      await vs.runCommand('Developer: Reload Webviews');
      await expect.poll(() => before.frame.isDetached()).toBe(true);
      const panel = await ResultsPanel.find(vs, steady);
      await panel.until((rows) => rows.every(({ phase }) => phase === 'running'));
      steps.at(-1)?.();
      await panel.until(([first]) => first?.phase === 'done');
      expect((await panel.rows())[0]?.preview).toBe(`${reopenings} calls.`);
      await vs.runCommand('Interleave: Cancel Run');
      expect(await panel.ended()).toEqual(['done', 'cancelled']);
      expect(attacker.socketsOpened).toBe(0);
    });
  });
});

/** A tool call, or the answer after enough of them. */
function turn(results: number) {
  const isLast = results === reopenings;
  const content = isLast
    ? [{ type: 'text', text: `${results} calls.` }]
    : [
        {
          type: 'tool_use',
          id: `toolu_${results}`,
          name: 'sum_numbers',
          input: { numbers: [results, 1] },
        },
      ];
  const stopReason = isLast ? 'end_turn' : 'tool_use';
  return streamReply(sseText(anthropicEvents({ content, stopReason })));
}

/** Expands row after row by keyboard, reads the drawn answer, and collapses it. */
async function openEach(frame: Frame, count: number): Promise<readonly Shown[]> {
  await frame.locator('.row').first().focus();
  return await frame.evaluate(openRows, count);
}

/** Runs in the page. */
async function openRows(count: number): Promise<readonly Shown[]> {
  const page = globalThis as unknown as PageGlobal;
  const drawn = () => new Promise<void>((resolve) => page.requestAnimationFrame(() => resolve()));
  const press = (key: string): void => {
    const init = { key, bubbles: true, composed: true };
    page.document.activeElement?.dispatchEvent(new page.KeyboardEvent('keydown', init));
  };
  const find = () => page.document.querySelector('.details-row interleave-markdown');
  const textOf = (element: PageElement | null): string => (element?.textContent ?? '').trim();
  const until = async (holds: () => boolean): Promise<void> => {
    const deadline = Date.now() + 30_000;
    while (!holds() && Date.now() < deadline) await drawn();
  };
  const risky = /^(on|src|href$|action|formaction|poster|background|data$|ping|style|srcset|xlink)/;
  const shown: Shown[] = [];
  for (let index = 0; index < count; index++) {
    press('Enter');
    await until(() => textOf(find()) !== '');
    const answer = find();
    const elements = [...(answer?.querySelectorAll('*') ?? [])];
    const active = elements.flatMap(({ attributes }) =>
      [...attributes].flatMap(({ name, value }) =>
        risky.test(name) && !(name === 'href' && /^https?:/.test(value))
          ? [`${name}=${value}`]
          : [],
      ),
    );
    const isEmpty = textOf(answer) === '';
    shown.push({ elements: elements.map(({ localName }) => localName), active, isEmpty });
    press('Enter');
    await until(() => find() === null);
    press('ArrowDown');
    await drawn();
  }
  return shown;
}

/** The globals of the page used here; this file is type-checked without the DOM. */
interface PageGlobal {
  readonly document: {
    readonly activeElement: { dispatchEvent(event: unknown): boolean } | null;
    querySelector(selector: string): PageElement | null;
  };
  readonly KeyboardEvent: new (type: string, init: object) => unknown;
  requestAnimationFrame(callback: () => void): number;
}

interface PageElement {
  readonly localName: string;
  readonly textContent: string | null;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  querySelectorAll(selector: string): Iterable<PageElement>;
}
