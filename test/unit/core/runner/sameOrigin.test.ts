import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { planRun } from '../../../../src/core/runner/planRun.ts';
import { Runner } from '../../../../src/core/runner/runner.ts';
import { runStarted } from '../../../../src/core/runner/runPlan.ts';
import type { RunOverrides } from '../../../../src/core/runner/runRequest.ts';
import {
  changeNote,
  checkAnswerers,
  missingFolders,
} from '../../../../src/core/runner/sameOrigin.ts';
import { createArithmeticTools } from '../../../../src/core/tools/arithmetic/arithmeticTools.ts';
import { contextOf, requestFor } from '../../../support/requests.ts';
import { echoProvider } from '../../../support/scriptedProvider.ts';
import { agentOf, planOf as planOfTeam, teamRequest } from '../../../support/teams.ts';

const folder = (where: string) => ({ name: 'work', path: where });

describe('the agents of a run that goes on', () => {
  it('are refused by name if another provider, model or server would answer for one of them', async () => {
    const team = (model: string) => [
      agentOf('lead', { handoffs: [{ agent: 'worker' }] }),
      agentOf('worker', { options: { model } }),
    ];
    const plan = await planOfTeam(teamRequest(team('then')), echoProvider());
    const started = runStarted(plan, { id: 'x', number: 1, startedAt: '2026-11-20T12:00:00.000Z' });
    expect(() => checkAnswerers(started, plan)).not.toThrow();
    const now = await planOfTeam(teamRequest(team('now')), echoProvider());
    expect(() => checkAnswerers(started, now)).toThrow(
      'The agent "worker" (demo, model then) of this run would be "worker" (demo, model now) now.',
    );
    const alone = await planOfTeam(teamRequest([agentOf('lead')]), echoProvider());
    expect(() => checkAnswerers(started, alone)).toThrow('would be missing now');
  });
});

describe('The folders of a run that goes on', () => {
  it('are the same on Windows, however their drives and names are spelled', () => {
    const open = [folder('c:\\Users\\me\\Work')];
    expect(missingFolders([folder('C:\\Users\\me\\work\\')], open, path.win32)).toEqual([]);
    const other = folder('D:\\Users\\me\\Work');
    expect(missingFolders([other], open, path.win32)).toEqual([other]);
  });

  it('are others elsewhere when their capitals are', () => {
    const open = [folder('/home/me/work')];
    expect(missingFolders([folder('/home/me/work/')], open, path.posix)).toEqual([]);
    const other = folder('/home/me/Work');
    expect(missingFolders([other], open, path.posix)).toEqual([other]);
  });

  it('are compared as addresses where they are on no disk', () => {
    const open = [folder('vscode-vfs://github/a/b')];
    expect(missingFolders([folder('vscode-vfs://github/a/b/')], open)).toEqual([]);
    const other = folder('vscode-vfs://github/a/c');
    expect(missingFolders([other], open)).toEqual([other]);
  });

  it('may be fewer than those that are open, and none is missing of a run without any', () => {
    expect(missingFolders([folder('/a')], [folder('/b'), folder('/a')], path.posix)).toEqual([]);
    expect(missingFolders([], [folder('/b')], path.posix)).toEqual([]);
  });
});

interface Made {
  readonly overrides?: RunOverrides;
  readonly texts?: readonly string[];
  readonly tools?: ReturnType<typeof createArithmeticTools>;
  readonly version?: string;
  readonly baseUrl?: string;
}

async function planOf({ overrides, texts = ['a', 'b'], tools, version, baseUrl }: Made) {
  const provider = echoProvider();
  const place = { program: { name: 'test', version: version ?? '1.0.0' }, folders: [] };
  const at = baseUrl === undefined ? provider : Object.assign(provider, { baseUrl });
  const context = contextOf(at, { place, tools: tools ?? createArithmeticTools() });
  return planRun(requestFor(texts, { model: 'm', ...overrides }), context);
}

async function startedBy(made: Made) {
  return new Runner().createRun(await planOf(made)).state.started;
}

describe('What a run that goes on sends otherwise', () => {
  it('is nothing when nothing has changed but the version', async () => {
    const started = await startedBy({});
    expect(changeNote(started, await planOf({ version: '1.1.0' }))).toBeUndefined();
  });

  it.each<[string, Made]>([
    ['the system prompt', { overrides: { systemPrompt: 'Be long.' } }],
    ['the descriptions of the tools', { tools: createArithmeticTools().slice(1) }],
    ['1 prompt', { texts: ['a', 'c'] }],
    ['2 prompts', { texts: ['c', 'd'] }],
  ])('is said: %s', async (what, now) => {
    const note = changeNote(await startedBy({}), await planOf(now));
    expect(note).toBe(
      `What it sends from now on is not what it sent when it was started: ${what}. Complete turns stay as they are.`,
    );
  });

  it('is nothing for prompts of several agents', async () => {
    const request = requestFor(['a', 'b'], { model: 'm' });
    const [a, b] = request.prompts;
    const prompts = [a!, { ...b!, options: { system: 'Other.' } }];
    const plan = () => planRun({ ...request, prompts }, contextOf(echoProvider()));
    const { started } = new Runner().createRun(await plan()).state;
    expect(changeNote(started, await plan())).toBeUndefined();
  });

  it('is said with both versions where those differ', async () => {
    const now = await planOf({ version: '1.1.0', overrides: { systemPrompt: 'x' } });
    expect(changeNote(await startedBy({}), now)).toMatch(
      /^This run was started with version 1\.0\.0 of Interleave and goes on with 1\.1\.0\. What /,
    );
  });

  it('is nothing for a conversation that is lost', async () => {
    const started = await startedBy({});
    const [first, ...others] = started.conversations;
    const { promptHash: _hash, agent: _agent, ...known } = first!;
    const conversations = [{ ...known, prompt: '', lost: true } as const, ...others];
    expect(changeNote({ ...started, conversations }, await planOf({}))).toBeUndefined();
  });

  it('is not known of a run of an earlier version', async () => {
    const { origin: _, ...started } = await startedBy({});
    const now = await planOf({ overrides: { systemPrompt: 'x' } });
    expect(changeNote(started, now)).toBeUndefined();
  });
});

describe('Who answers a run that goes on', () => {
  it('is the same', async () => {
    const url = 'https://a.example/v1';
    checkAnswerers(await startedBy({ baseUrl: url }), await planOf({ baseUrl: url }));
  });

  it('is not known to the address in a run of an earlier version', async () => {
    const { origin: _, conversations, ...started } = await startedBy({ texts: ['a'] });
    const now = await planOf({ texts: ['a'], baseUrl: 'https://a.example/v1' });
    const withoutAgents = conversations.map(({ agent: _agent, ...one }) => one);
    for (const before of [conversations, withoutAgents])
      checkAnswerers({ ...started, conversations: before }, now);
  });

  it('may be another for a conversation that is lost', async () => {
    const started = await startedBy({ overrides: { model: 'other' }, texts: ['a'] });
    const conversations = started.conversations.map((one) => ({ ...one, lost: true }) as const);
    checkAnswerers({ ...started, conversations }, await planOf({ texts: ['a'] }));
  });

  it.each<[string, Made]>([
    ['demo, model other at https://a.example', { overrides: { model: 'other' } }],
    ['demo, model m at https://b.example', { baseUrl: 'https://b.example' }],
  ])('is not changed in silence to %s', async (who, now) => {
    const before = await startedBy({ baseUrl: 'https://a.example' });
    const plan = await planOf({ baseUrl: 'https://a.example', ...now });
    expect(() => checkAnswerers(before, plan)).toThrow(
      `"P0" was started with demo, model m at https://a.example, but would go on with ${who}. Nothing was sent.`,
    );
  });
});
