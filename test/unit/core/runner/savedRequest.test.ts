import { describe, expect, it } from 'vitest';
import { defaultLimitValues } from '../../../../src/core/base/limits.ts';
import { planRun } from '../../../../src/core/runner/planRun.ts';
import { Runner } from '../../../../src/core/runner/runner.ts';
import type { RunOverrides, RunRequest } from '../../../../src/core/runner/runRequest.ts';
import type { SavedStart } from '../../../../src/core/runner/savedRequest.ts';
import { readAsked, readSavedRequest } from '../../../../src/core/runner/savedRequest.ts';
import { programs } from '../../../../src/shared/runOrigin.ts';
import { earlierCommandStart, earlierHostStart } from '../../../support/earlierStart.ts';
import { contextOf, requestFor } from '../../../support/requests.ts';
import { echoProvider } from '../../../support/scriptedProvider.ts';

const folders = [{ name: 'work', path: '/home/me/work' }];
const address = 'https://models.example/v1';
const ownPrompt = 'The system prompt of today.';

/** The first record of a run, as it comes back from the disk. */
async function startOf(
  overrides: RunOverrides = {},
  program: string = programs.vscode,
): Promise<SavedStart & { readonly definition: RunRequest }> {
  const definition = requestFor(['a', 'b'], { provider: 'auto', ...overrides });
  const provider = Object.assign(echoProvider(), { id: 'anthropic', baseUrl: address }) as never;
  const place = { program: { name: program, version: '1.2.3' }, folders };
  const plan = await planRun(definition, contextOf(provider, { provider: 'anthropic', place }));
  const { started } = new Runner().createRun(plan).state;
  return JSON.parse(JSON.stringify({ started, definition }));
}

describe('What a saved run was asked for', () => {
  it('names what was decided then: auto is decided once, and so is the default model', async () => {
    const start = await startOf();
    const { model } = start.started.agent;
    const saved = readSavedRequest(start, ownPrompt);
    expect(saved).toMatchObject({
      program: programs.vscode,
      provider: 'anthropic',
      folders,
      baseUrls: { anthropic: address },
    });
    expect(saved.request).toEqual({
      ...start.definition,
      prompts: start.definition.prompts.map((prompt) => ({
        ...prompt,
        options: { provider: 'anthropic', model },
      })),
      settings: { ...start.definition.settings, provider: 'anthropic', model },
    });
  });

  it('is as it was asked for when it is run once more', async () => {
    const start = await startOf({ model: 'm' });
    expect(readAsked(start, ownPrompt)).toEqual(start.definition);
  });

  it('binds nothing for a conversation that is lost, and does not run it once more', async () => {
    const start = await startOf();
    const [first, second] = start.started.conversations;
    const lost = { ...first!, model: '', lost: true } as const;
    const some = { ...start, started: { ...start.started, conversations: [lost, second!] } };
    const { request } = readSavedRequest(some, ownPrompt);
    expect(request.prompts[0]).toEqual(start.definition.prompts[0]);
    expect(request.prompts[1]?.options).toEqual({ provider: 'anthropic', model: second?.model });
    expect(readAsked(some, ownPrompt).prompts).toEqual([start.definition.prompts[1]]);
    const none = { ...start, started: { ...start.started, conversations: [lost, lost] } };
    expect(() => readAsked(none, ownPrompt)).toThrow('cannot be read');
  });

  it('has the limits that this version knows more at their defaults', async () => {
    const { started, definition } = await startOf({ limits: { maxTurns: 7 } });
    const settings = { ...definition.settings, limits: { maxTurns: 7 } };
    const saved = readSavedRequest({ started, definition: { ...definition, settings } }, ownPrompt);
    expect(saved.request.settings.limits).toEqual({ ...defaultLimitValues, maxTurns: 7 });
  });

  it('is read in the form of earlier versions of VS Code', async () => {
    const start = await startOf({ limits: { maxTurns: 7 } });
    const saved = readSavedRequest(earlierHostStart(start), ownPrompt);
    const { settings } = saved.request;
    expect(saved).toMatchObject({ program: programs.vscode, folders, provider: 'anthropic' });
    expect(saved.baseUrls).toEqual({ anthropic: address });
    expect(settings.limits).toEqual({ ...defaultLimitValues, maxTurns: 7 });
    expect(settings.systemPrompt).toBe(ownPrompt);
    expect(Object.keys(settings).sort()).toEqual(Object.keys(start.definition.settings).sort());
  });

  it('is read in the form of earlier versions of the command line', async () => {
    const options = {
      ...{ maxTurns: 7, maxTokens: 5, timeout: 0.5, maxCost: 1.5, maxWait: 9 },
      ...{ system: 'Be long.', effort: 'low', warmUp: false, limit: { toolCalls: 3 } },
    };
    const start = earlierCommandStart(await startOf({}, programs.commandLine), options);
    const saved = readSavedRequest(start, ownPrompt);
    const { settings, interactive } = saved.request;
    expect([saved.program, saved.provider, interactive]).toEqual([
      programs.commandLine,
      'anthropic',
      false,
    ]);
    expect(saved.folders.map(({ path }) => path)).toEqual(['/home/me/work']);
    expect(saved.baseUrls).toEqual({ anthropic: address });
    expect(settings).toMatchObject({
      ...{ systemPrompt: 'Be long.', reasoningEffort: 'low', warmUpCache: false },
    });
    expect(settings.limits).toEqual({
      ...defaultLimitValues,
      ...{ maxTurns: 7, maxTokens: 5, timeoutSeconds: 0.5, maxCostUsd: 1.5, maxWaitSeconds: 9 },
      toolCalls: 3,
    });
  });

  it.each<[string, (start: SavedStart & { readonly definition: RunRequest }) => SavedStart]>([
    ['has no definition', (start) => ({ ...start, definition: null })],
    ['is a list', (start) => ({ ...start, definition: [] })],
    [
      'has fewer prompts than conversations',
      ({ started, definition }) => ({
        started,
        definition: { ...definition, prompts: definition.prompts.slice(1) },
      }),
    ],
    [
      'names another model than the one that answered',
      ({ started, definition }) => ({
        started,
        definition: {
          ...definition,
          prompts: definition.prompts.map((prompt) => ({ ...prompt, options: { model: 'x' } })),
        },
      }),
    ],
    [
      'names two servers of one provider',
      ({ started, definition }) => {
        const { origin } = started;
        const [agent] = origin?.agents ?? [];
        if (origin === undefined || agent === undefined) throw new Error('no origin');
        const agents = [agent, { ...agent, endpoint: 'https://other.example' }];
        return { started: { ...started, origin: { ...origin, agents } }, definition };
      },
    ],
    [
      'has no origin, though it is not of an earlier version',
      ({ started: { origin: _, ...started }, definition }) => ({ started, definition }),
    ],
  ])('is refused where it %s', async (_, change) => {
    const start = change(await startOf());
    expect(() => readSavedRequest(start, ownPrompt)).toThrow(
      /^What this run was started with cannot be read(?: \([\w.]+\))?, so it cannot go on\./,
    );
  });
});
