import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callsPerConversation, type HeldModel, startHeldModel } from './support/heldModel.ts';
import { parseLog } from './support/logLines.ts';
import { openVscode } from './support/openVscode.ts';
import { ResultsPanel } from './support/resultsPanel.ts';
import { SidebarTree } from './support/sidebarTree.ts';
import { inSteps } from './support/steps.ts';
import type { VscodeDriver } from './support/vscodeDriver.ts';

/** At which turn each conversation is when the extension host is killed; one has ended by then. */
const turnsAtDeath: ReadonlyMap<string, number | undefined> = new Map([
  ['Ended', undefined],
  ['At its first turn', 0],
  ['At its second turn', 1],
  ['At its third turn', 2],
  ['At its answer', callsPerConversation],
]);
/** It waits for its turn, or has ended: as many requests are under way at once as are held. */
const waiting = 'Waiting';
/** Each model has a queue of its own: in that of the others it could wait for those that are held. */
const properties: ReadonlyMap<string, string> = new Map([
  ['Ended', '<!-- interleave\nmodel: model-of-its-own\n-->\n\n'],
]);
const names = [...turnsAtDeath.keys(), waiting];
const runItem = /^Run 1,/;
const atOnce = turnsAtDeath.size - 1;

describe('An extension host that is killed in the middle of a run', () => {
  inSteps();

  let folder: string;
  let model: HeldModel;
  let vs: VscodeDriver;
  /** How many requests there were until Resume Run. */
  let sentBefore = 0;

  beforeAll(async () => {
    model = await startHeldModel((prompt) => turnsAtDeath.get(prompt));
    folder = await mkdtemp(path.join(tmpdir(), 'interleave-e2e-'));
    const file = names
      .map((name) => `## ${name}\n\n${properties.get(name) ?? ''}${name}\n`)
      .join('\n');
    await writeFile(path.join(folder, 'six.prompts.md'), file);
    vs = await openVscode({
      workspace: folder,
      installed: true,
      settings: {
        'interleave.provider': 'anthropic',
        'interleave.anthropic.baseUrl': model.url,
        'interleave.concurrency': atOnce,
      },
    });
  });

  afterAll(async () => {
    await vs?.dispose();
    await model?.close();
    await rm(folder, { recursive: true, force: true });
  });

  function requestsFor(name: string, upTo = model.turns.length): readonly number[] {
    const turns = model.turns.slice(0, upTo).filter(({ prompt }) => prompt === name);
    return turns.map(({ results }) => results);
  }

  const requestsBefore = (name: string) => requestsFor(name, sentBefore);

  /** The numbers of tool results that a conversation's requests have, one turn after another. */
  function turnsFrom(results: number): readonly number[] {
    return Array.from(
      { length: callsPerConversation + 1 - results },
      (_, index) => index + results,
    );
  }

  it('leaves the run in the list, interrupted, and nothing that looks as if it went on', async () => {
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
    // The file is left; the panel of the dead one, which bears its name too, is not.
    await expect.poll(() => vs.page.locator('.tab', { hasText: 'six.prompts.md' }).count()).toBe(1);
    await vs.openSidebar();
    const row = new SidebarTree(vs.page, 'Runs').row(runItem);
    await row.getByText('interrupted', { exact: false }).waitFor();
  });

  it('is made up for by Resume Run, which asks for no complete turn again', async () => {
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

  it('changes nothing of what was under way: it is asked for once more, word for word', () => {
    for (const [name, turn] of turnsAtDeath) {
      if (turn === undefined) continue;
      const same = model.turns.filter(({ prompt, results }) => prompt === name && results === turn);
      expect(same, name).toHaveLength(2);
      expect(same[1]?.body, name).toBe(same[0]?.body);
    }
  });

  it('costs no answer, and the log says from where each conversation went on', async () => {
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
  });
});
