// @vitest-environment jsdom
import { describe, expect, it, vi } from 'vitest';
import { createRenderAnswer } from '../../../../media/markdown/renderAnswer.ts';
import { conversationToMarkdown, resultToMarkdown } from '../../../../src/core/export/markdown.ts';
import { toRunResult } from '../../../../src/shared/runResult.ts';
import { failure, RunScript } from '../../../support/panel/runScript.ts';
import { hostileMarkdown } from '../markdown/hostileSamples.ts';
import { openPanel, setUpPanels, type TestPanel } from './openPanel.ts';

// A busy machine must not fail a test.
vi.setConfig({ testTimeout: 60_000 });

setUpPanels();

let panel: TestPanel | undefined;

/** One small sample of each trick. */
const samples = hostileMarkdown.slice(0, 500).filter((sample) => sample.length < 1_000);
const batchSize = 250;
const batches = Array.from({ length: Math.ceil(samples.length / batchSize) }, (_, index) => {
  const first = index * batchSize;
  return [`${first} to ${first + batchSize}`, samples.slice(first, first + batchSize)] as const;
});

/** A restored run with samples in every text. */
function restoredRun(batch: readonly string[]): RunScript {
  const text = batch.join('\n\n');
  const one = batch[0] ?? '';
  const error = failure('overloaded', one, { requestId: batch[1] ?? one });
  const call = { turn: 1, callId: one, name: one };
  const prompts = [
    { name: one, id: batch[2] ?? one, prompt: text, model: one },
    { name: batch[3] ?? one, id: 'x#two', prompt: text },
  ];
  return new RunScript({ title: one, prompts })
    .steps(0, { type: 'conversation.started' }, { type: 'turn.started', turn: 1, attempt: 1 })
    .steps(0, { type: 'turn.thinking', turn: 1, text })
    .steps(0, { type: 'tool.started', ...call, input: { [one]: text } })
    .steps(0, { type: 'tool.finished', ...call, output: text, isError: false })
    .steps(0, { type: 'turn.delta', turn: 1, text })
    .steps(0, { type: 'conversation.finished', status: 'done', reason: 'final', answer: text })
    .steps(1, { type: 'conversation.started' }, { type: 'turn.started', turn: 1, attempt: 1 })
    .steps(1, { type: 'turn.discarded', turn: 1, attempt: 1, error })
    .steps(1, {
      type: 'conversation.finished',
      status: 'failed',
      reason: 'internal',
      answer: text,
      error,
    })
    .finish();
}

/** Elements that load, run, submit or cover something. The panel itself has none of them. */
const forbidden =
  'script,img,image,picture,source,video,audio,track,iframe,frame,object,embed,applet,link,meta,base,' +
  'style,form,svg,math,template,portal,marquee,dialog,textarea,select,area,map,[srcdoc],[src],[srcset],' +
  '[href],[action],[formaction],[poster],[background],[ping],[data],[is],[contenteditable]';

function sinks(root: ParentNode): readonly string[] {
  const elements = [...root.querySelectorAll('*')];
  return [
    ...[...root.querySelectorAll(forbidden)].map((element) => element.outerHTML.slice(0, 200)),
    ...elements
      .flatMap((element) => [...element.attributes])
      .filter(
        ({ name, value }) => /^on/.test(name) || (name === 'style' && /url|expr/i.test(value)),
      )
      .map(({ name, value }) => `${name}=${value}`),
    ...elements
      .filter(({ namespaceURI }) => namespaceURI !== 'http://www.w3.org/1999/xhtml')
      .map(({ outerHTML }) => outerHTML.slice(0, 200)),
  ];
}

describe('a restored run of hostile texts', () => {
  it.each(batches)(
    'loads, runs and submits nothing in any part of the panel (%s)',
    async (_, batch) => {
      panel = openPanel();
      await panel.send({ type: 'snapshot', run: restoredRun(batch).state() });
      await panel.send({ type: 'reveal', conversation: 1 });
      expect(sinks(panel.element)).toEqual([]);
      await panel.send({ type: 'reveal', conversation: 0 });
      const tabs = [...panel.element.querySelectorAll<HTMLElement>('[role=tab]')];
      expect(tabs.length).toBeGreaterThan(2);
      for (const tab of tabs) {
        await panel.click(tab);
        expect(sinks(panel.element)).toEqual([]);
      }
      const targets = [...panel.element.querySelectorAll<HTMLElement>('[data-target]')];
      const schemes = targets.map(({ dataset }) => new URL(dataset.target ?? '').protocol);
      expect(schemes.filter((scheme) => !/^https?:$/.test(scheme))).toEqual([]);
      // A click on a link only sends a request to the host, which asks the user.
      const before = panel.posted.length;
      for (const target of targets.slice(0, 3)) target.click();
      const asked = panel.posted.slice(before).map(({ type }) => type);
      expect(asked).toEqual(targets.slice(0, 3).map(() => 'openLink'));
    },
  );

  it.each(batches)(
    'is exported as Markdown that loads and runs nothing, either (%s)',
    (_, batch) => {
      const result = toRunResult(restoredRun(batch).state());
      const render = createRenderAnswer(window);
      for (const report of [
        resultToMarkdown(result, batch[0] ?? ''),
        ...result.conversations.map(conversationToMarkdown),
      ]) {
        expect(report.length).toBeGreaterThan(1_000);
        expect(sinks(render(report, false))).toEqual([]);
      }
    },
  );
});
