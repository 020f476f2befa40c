/**
 * C75 in a real VS Code: 20 conversations stream 300 kB each, in pieces of 20 units, with every row
 * open, while the border between editor and results is dragged for 10 s. Prints the CPU time of the
 * longest task. Wall time would measure the machine, since server, window and extension share a few
 * cores.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { printFigures } from '../../bench/lab/figures.ts';
import { openVscode } from '../e2e/support/openVscode.ts';
import { poll } from '../e2e/support/poll.ts';
import { ResultsPanel } from '../e2e/support/resultsPanel.ts';
import { hugeAnswerLength, hugeAnswers } from '../support/hugeAnswers.ts';
import type { Reply } from '../support/loopback/loopbackServer.ts';
import { type EventData, sseText, streamHead } from '../support/loopback/replies.ts';
import { startScriptedModel } from '../support/loopback/scriptedModel.ts';

const names = Array.from({ length: 20 }, (_, index) => `Huge ${index}`);
const pieceLength = 20;
const dragMs = 10_000;
/** Number of parts in which the answers are sent during the drag. */
const parts = 100;

const begin = Promise.withResolvers<void>();

function hugeReply(prompt: string): Reply {
  const text = hugeAnswers[Number(prompt.split(' ')[1]) % hugeAnswers.length] ?? '';
  const partLength = hugeAnswerLength / parts;
  const ticks = Array.from({ length: parts }, (_, part) =>
    begin.promise.then(() => delay((part * dragMs) / parts)),
  );
  const usage = { input_tokens: 10, output_tokens: 1 };
  const message = { id: 'msg_1', role: 'assistant', content: [], usage };
  return [
    streamHead(),
    { do: 'send', bytes: sseText([{ type: 'message_start', message }, blockStart]) },
    ...ticks.flatMap(
      (tick, part): Reply => [
        { do: 'wait', for: tick },
        { do: 'send', bytes: deltas(text.slice(part * partLength, (part + 1) * partLength)) },
      ],
    ),
    { do: 'send', bytes: sseText(ending) },
    { do: 'end' },
  ];
}

const blockStart: EventData = {
  type: 'content_block_start',
  ...{ index: 0, content_block: { type: 'text', text: '' } },
};
const ending: readonly EventData[] = [
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 75_000 } },
  { type: 'message_stop' },
];

function deltas(text: string): string {
  const pieces = text.match(new RegExp(`[^]{1,${pieceLength}}`, 'g')) ?? [];
  return sseText(
    pieces.map((piece) => ({
      type: 'content_block_delta',
      ...{ index: 0, delta: { type: 'text_delta', text: piece } },
    })),
  );
}

/** A thread's task in Chromium's trace; times in µs. */
interface TracedTask {
  readonly name: string;
  readonly dur?: number;
  /** CPU time. */
  readonly tdur?: number;
}

/** Traces the tasks of the window and its results; the result returns their times in ms. */
async function traceTasks(browser: Browser): Promise<() => Promise<readonly number[]>> {
  const devtools = await browser.newBrowserCDPSession();
  const tasks: TracedTask[] = [];
  devtools.on('Tracing.dataCollected', ({ value }) => {
    const seen = value as unknown as readonly TracedTask[];
    tasks.push(...seen.filter(({ name }) => name.endsWith('RunTask')));
  });
  await devtools.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'devtools.timeline'] },
  });
  return async () => {
    const complete = new Promise((resolve) => devtools.once('Tracing.tracingComplete', resolve));
    await devtools.send('Tracing.end');
    await complete;
    return tasks.map(({ tdur = 0 }) => tdur / 1_000).toSorted((a, b) => b - a);
  };
}

const model = await startScriptedModel(hugeReply);
const folder = await mkdtemp(path.join(tmpdir(), 'interleave-huge-'));
await writeFile(
  path.join(folder, 'huge.prompts.md'),
  names.map((name) => `## ${name}\n\n${name}\n`).join('\n'),
);
const vs = await openVscode({
  workspace: folder,
  settings: { 'interleave.provider': 'anthropic', 'interleave.anthropic.baseUrl': model.url },
});
try {
  await vs.openFile('huge.prompts.md');
  await vs.runCommand('Interleave: Run All Prompts in File');
  const panel = await ResultsPanel.find(vs, names);
  await panel.frame.locator('.row').first().focus();
  for (const _ of names) {
    await vs.page.keyboard.press('Enter');
    await vs.page.keyboard.press('ArrowDown');
  }
  const browser = vs.page.context().browser();
  if (browser === null) throw new Error('No browser.');
  const tasksSoFar = await traceTasks(browser);
  const sash = vs.page.locator('.part.editor .sash-container > .monaco-sash.vertical').last();
  const box = await sash.boundingBox();
  if (box === null) throw new Error('No border to drag.');
  const { mouse } = vs.page;
  const y = box.y + box.height / 2;
  await mouse.move(box.x + 1, y);
  await mouse.down();
  begin.resolve();
  const endMs = Date.now() + dragMs;
  let moves = 0;
  for (; Date.now() < endMs; moves++) await mouse.move(box.x + 150 * Math.sin(moves / 5), y);
  await mouse.up();
  await panel.ended();
  await panel.until((rows) => rows.every(({ phase }) => phase === 'done'));
  // Include the last drawing.
  await poll(
    async () => ((await panel.frame.locator('.markdown-pager').count()) > 0 ? true : undefined),
    {
      timeoutMs: 30_000,
      explain: async () => 'No answer was truncated.',
    },
  );
  const tasks = await tasksSoFar();
  const longest = tasks.slice(0, 10).map((ms) => ms.toFixed(0));
  console.log(`moves of the border: ${moves}; longest tasks, ms of CPU: ${longest.join(' ')}`);
  const value = tasks[0] ?? Number.NaN;
  printFigures([{ name: 'huge-window-task-cpu-ms', value, goal: '<= 200', digits: 0 }]);
} finally {
  await vs.dispose();
  await model.close();
  await rm(folder, { recursive: true, force: true });
}
