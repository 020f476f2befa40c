import { beforeEach, describe, expect, it, vi } from 'vitest';
import { setApiKey } from '../../../src/commands/setApiKey.ts';
import { Credentials } from '../../../src/host/credentials.ts';
import type { Engine } from '../../../src/host/engine.ts';
import { KeyRenewal } from '../../../src/host/keyRenewal.ts';
import { Lazy } from '../../../src/host/lazy.ts';
import type { RunService } from '../../../src/host/runService.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { settled } from '../../support/settled.ts';
import { FakeKeyring } from '../../support/vscode/fakeStorage.ts';
import { person } from '../../support/vscode/fakeWindow.ts';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));

const origin = 'https://api.example';

let keyring: FakeKeyring;
let clock: ManualClock;
let troubles: string[];

beforeEach(() => {
  person.reset();
  keyring = new FakeKeyring();
  clock = new ManualClock();
  troubles = [];
});

function newWindow(): Credentials {
  const listeners = {
    onKey: () => undefined,
    onTrouble: (message: string) => void troubles.push(message),
  };
  return new Credentials(keyring.window(), listeners, clock);
}

const found = (key: string) => ({ kind: 'key', key });

describe('C71: a keyring that fails to store a key', () => {
  it('keeps the key for this window and reports it', async () => {
    keyring.does = 'throws';
    const window = newWindow();
    expect(await window.save('openai', origin, 'key-1')).toEqual({
      kind: 'windowOnly',
      reason: 'The keyring is not there.',
    });
    expect(await window.find('openai', origin)).toEqual(found('key-1'));
    expect(await window.find('openai', 'https://other.example')).toMatchObject({
      kind: 'otherOrigin',
    });
    expect(await newWindow().find('openai', origin)).toEqual({ kind: 'none' });
  });

  it('makes the key available immediately, and times out when the keyring does not answer', async () => {
    keyring.does = 'silent';
    const window = newWindow();
    const saving = window.save('openai', origin, 'key-1');
    expect(await window.find('openai', origin)).toEqual(found('key-1'));
    await clock.advance(15_000);
    expect(await saving).toMatchObject({ kind: 'windowOnly' });
    // The user unlocks the keyring later.
    keyring.wake();
    await settled();
    expect(await window.find('openai', origin)).toEqual(found('key-1'));
    expect(await newWindow().find('openai', origin)).toEqual(found('key-1'));
  });

  it('makes the command show an error that explains the consequence', async () => {
    keyring.does = 'throws';
    person.types = 'key-1';
    const renewed: string[] = [];
    await setApiKey({
      credentials: newWindow(),
      engine: new Lazy(async () => ({ endpointOrigin: () => origin }) as unknown as Engine),
      keyRenewal: { renew: async (provider: string) => void renewed.push(provider) },
      log: { safe: (text: string) => text },
    } as unknown as Parameters<typeof setApiKey>[0])('openai');
    expect(renewed).toEqual(['openai']);
    expect(person.messages).toMatchObject([
      { text: expect.stringMatching(/^Could not store the OpenAI key: .* this window only\./) },
    ]);
  });
});

describe('C71: a keyring that cannot be read', () => {
  it.each(['throws', 'silent'] as const)(
    'counts as no key and is reported once: %s',
    async (does) => {
      keyring.does = does;
      const window = newWindow();
      for (let times = 0; times < 3; times++) {
        const finding = window.find('anthropic', origin);
        await settled();
        await clock.advance(15_000);
        expect(await finding).toEqual({ kind: 'none' });
      }
      expect(troubles).toHaveLength(1);
      expect(troubles[0]).toMatch(/^Could not read the stored API keys: .*Set API Key…/);
    },
  );

  it('is waited for once, not by every run, and read again after it has answered', async () => {
    await newWindow().save('openai', origin, 'key-1');
    await settled();
    const before = keyring.reads;
    keyring.does = 'silent';
    const window = newWindow();
    const first = window.find('openai', origin);
    await settled();
    await clock.advance(15_000);
    expect(await first).toEqual({ kind: 'none' });
    expect(await window.find('openai', origin)).toEqual({ kind: 'none' });
    expect(keyring.reads).toBe(before + 1);
    keyring.wake();
    await settled();
    expect(await window.find('openai', origin)).toEqual(found('key-1'));
  });

  it('is not read when the window opens', () => {
    newWindow();
    expect(keyring.reads).toBe(0);
  });
});

describe('A key that is set in another window', () => {
  interface Waiting {
    readonly paused?: 'auth' | 'quota';
    readonly provider: string;
  }

  function windowWith(credentials: Credentials, waiting: readonly Waiting[]) {
    const resumed: number[] = [];
    const renewed: string[] = [];
    const runs = waiting.map(({ paused, provider }, index) => ({
      state: {
        paused: paused && { kind: paused, message: 'No.', attempts: 1 },
        conversations: [{ provider }],
      },
      resume: () => resumed.push(index),
    }));
    const engine = new Lazy(
      async () =>
        ({
          renewKey: async (provider: string) => void renewed.push(provider),
          readiness: async (provider: 'openai') => {
            const lookup = await credentials.find(provider, origin);
            return { kind: lookup.kind === 'key' ? 'ready' : 'noKey' };
          },
        }) as unknown as Engine,
    );
    new KeyRenewal({
      ...{ credentials, engine },
      runs: { runs } as unknown as RunService,
      onError: (error) => {
        throw error;
      },
    });
    return { engine, renewed, resumed };
  }

  it('resumes the runs that wait for it, and no others', async () => {
    const here = newWindow();
    const { engine, renewed, resumed } = windowWith(here, [
      { paused: 'auth', provider: 'openai' },
      { paused: 'auth', provider: 'anthropic' },
      { paused: 'quota', provider: 'openai' },
      { provider: 'openai' },
    ]);
    await engine.get();
    await newWindow().save('openai', origin, 'key-2');
    await settled();
    expect(renewed).toEqual(['openai']);
    expect(resumed).toEqual([0]);
  });

  it('is ignored by the window that set it and by a window without runs', async () => {
    const here = newWindow();
    const { engine, renewed } = windowWith(here, []);
    await newWindow().save('openai', origin, 'key-2');
    await settled();
    expect(renewed).toEqual([]);
    await engine.get();
    await here.save('openai', origin, 'key-3');
    await settled();
    expect(renewed).toEqual([]);
  });

  it('resumes nothing when it is deleted', async () => {
    await newWindow().save('openai', origin, 'key-1');
    const here = newWindow();
    const { engine, resumed } = windowWith(here, [{ paused: 'auth', provider: 'openai' }]);
    await engine.get();
    await newWindow().delete('openai');
    await settled();
    expect(resumed).toEqual([]);
  });
});
