import { describe, expect, it } from 'vitest';
import { callsPerConversation, startHeldModel } from './support/heldModel.ts';
import { parseLog } from './support/logLines.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import { step } from './support/steps.ts';
import { windowForAll } from './support/testWindow.ts';

/** The turn of each conversation when the extension host is killed; one has ended by then. */
const turnsAtDeath: ReadonlyMap<string, number | undefined> = new Map([
  ['Ended', undefined],
  ['At its first turn', 0],
  ['At its second turn', 1],
  ['At its third turn', 2],
  ['At its answer', callsPerConversation],
]);
/** Queued or ended: the held requests use all free slots. */
const waiting = 'Waiting';
/** Each model has its own queue, so that no conversation waits for the held ones. */
const properties: ReadonlyMap<string, string> = new Map([
  ['Ended', '<!-- interleave\nmodel: model-of-its-own\n-->\n\n'],
]);
const names = [...turnsAtDeath.keys(), waiting];
const runItem = /\bRun 1,/;
const atOnce = turnsAtDeath.size - 1;

describe('Killing the extension host during a run', () => {
  const window = windowForAll({
    model: () => startHeldModel((prompt) => turnsAtDeath.get(prompt)),
    files: {
      'six.prompts.md': names
        .map((name) => `## ${name}\n\n${properties.get(name) ?? ''}${name}\n`)
        .join('\n'),
    },
    installed: true,
    settings: { 'interleave.concurrency': atOnce },
  });
  /** The number of requests before Resume Run. */
  let sentBefore = 0;

  function requestsFor(name: string, upTo = window.model.turns.length): readonly number[] {
    const turns = window.model.turns.slice(0, upTo).filter(({ prompt }) => prompt === name);
    return turns.map(({ results }) => results);
  }

  const requestsBefore = (name: string) => requestsFor(name, sentBefore);

  /** The numbers of tool results in a conversation's requests, turn after turn. */
  function turnsFrom(results: number): readonly number[] {
    return Array.from(
      { length: callsPerConversation + 1 - results },
      (_, index) => index + results,
    );
  }

  it('costs no complete turn: the run is listed as interrupted, and resumed', async () => {
    const { vs, model } = window;
    await step(
      'leaves the run in the list as interrupted, and nothing that still looks active',
      async () => {
        await vs.openFile('six.prompts.md');
        await vs.runCommand('Interleave: Run All Prompts in File');
        const panel = await ResultsPanel.find(vs, names);
        await panel.until((rows) => rows[0]?.phase === 'done');
        const isHeld = (name: string, results: number | undefined): boolean =>
          results === undefined || requestsFor(name).at(-1) === results;
        await expect
          .poll(() => [...turnsAtDeath].every(([name, results]) => isHeld(name, results)))
          .toBe(true);
        const hosts = await vs.extensionHosts();
        expect(hosts).toHaveLength(1);
        for (const pid of hosts) process.kill(pid, 'SIGKILL');
        await expect
          .poll(async () => (await vs.extensionHosts()).some((pid) => !hosts.includes(pid)), {
            timeout: 30_000,
          })
          .toBe(true);

        await vs.notification(/six\.prompts\.md was interrupted: \d/).waitFor();
        // The file stays open. The dead host's panel, whose title contains the same name, does not.
        await expect
          .poll(() => vs.page.locator('.tab', { hasText: 'six.prompts.md' }).count())
          .toBe(1);
        await vs.openSidebar();
        const row = new SidebarTree(vs.page, 'Runs').row(runItem);
        await row.getByText('interrupted', { exact: false }).waitFor();
      },
    );

    await step('is repaired by Resume Run, which repeats no complete turn', async () => {
      sentBefore = model.turns.length;
      model.release();
      await new SidebarTree(vs.page, 'Runs').clickRowAction(runItem, 'Resume Run');
      const panel = await ResultsPanel.find(vs, names);
      await expect.poll(() => panel.phases(), { timeout: 60_000 }).toEqual(names.map(() => 'done'));

      for (const [name, turn] of turnsAtDeath) {
        const earlier = requestsBefore(name);
        expect(earlier, name).toEqual(
          turnsFrom(0).slice(0, turn === undefined ? undefined : turn + 1),
        );
        const later = requestsFor(name).slice(earlier.length);
        expect(later, name).toEqual(turn === undefined ? [] : turnsFrom(turn));
      }
      expect(requestsFor(waiting)).toEqual(turnsFrom(0));
    });

    await step(
      'changes nothing in flight: each interrupted request is sent again, byte for byte',
      () => {
        for (const [name, turn] of turnsAtDeath) {
          if (turn === undefined) continue;
          const same = model.turns.filter(
            ({ prompt, results }) => prompt === name && results === turn,
          );
          expect(same, name).toHaveLength(2);
          expect(same[1]?.body, name).toBe(same[0]?.body);
        }
      },
    );

    await step(
      'costs no answer, and the log says from which turn each conversation resumed',
      async () => {
        const panel = await ResultsPanel.find(vs, names);
        const previews = new Map((await panel.rows()).map(({ name, preview }) => [name, preview]));
        for (const name of names) {
          const last = model.turns.findLastIndex(({ prompt }) => prompt === name) + 1;
          expect(previews.get(name)).toBe(`${name} was answered by request ${last}.`);
        }
        const log = await vs.outputChannelText('Interleave', (text) => text.includes('■ finished'));
        const texts = parseLog(log).map(({ text }) => text);
        const resumed = texts.flatMap(
          (text) => /^↻ resumed after ([1-9]\d*) turn/.exec(text)?.[1] ?? [],
        );
        const own = requestsBefore(waiting).length;
        const expected = [1, 2, 3, ...(own > 0 && own <= callsPerConversation ? [own] : [])];
        expect(resumed.map(Number).sort()).toEqual(expected.sort());
      },
    );
  });
});
