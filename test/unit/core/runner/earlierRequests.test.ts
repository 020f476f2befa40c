import { describe, expect, it } from 'vitest';
import { readEarlierRequest } from '../../../../src/core/runner/earlierRequests.ts';
import type { RunRequest } from '../../../../src/core/runner/runRequest.ts';
import type { SavedStart } from '../../../../src/core/runner/savedRequest.ts';
import { programs } from '../../../../src/shared/runOrigin.ts';
import { earlierCommandStart, earlierHostStart } from '../../../support/earlierStart.ts';
import { requestFor } from '../../../support/requests.ts';

const address = 'https://models.example/v1';
const request = requestFor(['a', 'b'], { provider: 'anthropic', model: 'm' });

function start(definition: RunRequest = request) {
  const origin = {
    program: { name: 'x', version: '1.0.0' },
    folders: [{ name: 'work', path: '/home/me/work' }],
    agents: [{ provider: 'anthropic', model: 'm', endpoint: address }],
  };
  return {
    started: { origin, conversations: [], agent: {} },
    definition,
  } as unknown as SavedStart & {
    readonly definition: RunRequest;
  };
}

const host = (changes: object = {}) =>
  readEarlierRequest({ ...(earlierHostStart(start()).definition as object), ...changes }, 'today');

const command = (options: object = {}, changes: object = {}) => {
  const { definition } = earlierCommandStart(start(), options);
  return readEarlierRequest({ ...(definition as object), ...changes }, 'today');
};

describe('a definition that VS Code kept', () => {
  it.each([
    ['pause', true],
    ['fail', false],
  ])('waits for the user where it said %s: %s', (whenBlocked, interactive) => {
    expect(host({ whenBlocked })?.request.interactive).toBe(interactive);
    expect(host({ whenBlocked })?.program).toBe(programs.vscode);
  });

  it('has no agents, and CPU-bound tools where the program decides', () => {
    expect(host()?.request.settings).toMatchObject({ cpuTools: 'auto', agent: '' });
    expect(host()?.endpoints).toEqual({ anthropic: address });
  });

  it('leaves out what it said of skipped prompts', () => {
    const prompts = request.prompts.map((prompt) => ({ ...prompt, skip: true }));
    expect(host({ prompts })?.request.prompts).toEqual(request.prompts);
  });
});

describe('a definition that the command line kept', () => {
  it.each([
    [{ provider: 'anthropic', baseUrl: address }, { anthropic: address }],
    [{ provider: 'openai', baseUrl: address }, { openai: address }],
    [
      { provider: 'auto', baseUrl: address },
      { anthropic: address, openai: address },
    ],
    [{ provider: 'demo', baseUrl: address }, {}],
  ])('with %j has the endpoints %j', (options, endpoints) => {
    expect(command(options)?.endpoints).toEqual(endpoints);
  });

  it('asks nobody, and has the defaults for what it did not say', () => {
    const read = command();
    expect(read).toMatchObject({ program: programs.commandLine });
    expect(read?.request.interactive).toBe(false);
    expect(read?.request.settings).toMatchObject({
      ...{
        reasoningEffort: 'default',
        systemPrompt: 'today',
        tools: [],
        cpuTools: 'auto',
        agent: '',
      },
    });
  });

  it('may have had no folder', () => {
    expect(command({}, { folder: '/a' })?.folders).toEqual([{ name: '/a', path: '/a' }]);
    const { folder: _, ...rest } = earlierCommandStart(start(), {}).definition as {
      folder?: string;
    };
    expect(readEarlierRequest(rest, 'today')?.folders).toEqual([]);
  });
});

it('another definition is no earlier one', () => {
  expect(readEarlierRequest(request, 'today')).toBeUndefined();
  expect(readEarlierRequest({}, 'today')).toBeUndefined();
});
