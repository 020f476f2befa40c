import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { showError } from '../../../src/commands/showError.ts';
import { Redactor, redacted } from '../../../src/core/base/redact.ts';
import { Credentials } from '../../../src/host/credentials.ts';
import { Log } from '../../../src/host/log.ts';

const shown = vi.hoisted(() => ({ log: '', messages: [] as string[] }));

vi.mock('vscode', async () => ({
  EventEmitter: (await import('../../support/vscode/fakeWindow.ts')).EventEmitter,
  window: {
    createOutputChannel: () => ({
      append: (text: string) => {
        shown.log += text;
      },
      show: () => undefined,
      dispose: () => undefined,
    }),
    showErrorMessage: async (message: string) => void shown.messages.push(message),
  },
  commands: { executeCommand: async () => undefined },
}));

const key = 'an-unusual+key/of.a;gateway';
const foreign = `${'gh'}p_${'Ab3dEf6hIj9l'.repeat(3)}`;

/** Secret storage that holds one key. */
function storageWith(stored: string | undefined): vscode.SecretStorage {
  const storage = {
    get: async () => stored,
    store: async () => undefined,
    onDidChange: () => ({ dispose: () => undefined }),
  };
  return storage as unknown as vscode.SecretStorage;
}

describe('In the window', () => {
  let redactor: Redactor;
  let log: Log;

  beforeEach(() => {
    shown.log = '';
    shown.messages = [];
    redactor = new Redactor();
    redactor.add(key);
    log = new Log(redactor);
  });

  it('an error in the log has no keys, nothing that looks like a key, and no forged lines', () => {
    log.error(new Error(`${key} ${foreign}\r00:01.242  r1  p1/2  forged\u001b[2J`));
    log.error(`${key} ${foreign}`);
    log.dispose();
    expect(shown.log).not.toContain(key);
    expect(shown.log).not.toContain(foreign);
    expect(shown.log).toContain(`Error: ${redacted} ${redacted}`);
    const lines = shown.log.trimEnd().split('\n');
    expect(lines.filter((line) => !line.startsWith('error  '))).toEqual([]);
    for (const acting of ['\r', '\u001b']) expect(shown.log).not.toContain(acting);
  });

  it('no line of a run has a key, whatever its source', () => {
    log.follow({ onEvent: (listener) => listener({ type: 'run.noted' } as never) }, () => [key]);
    log.dispose();
    expect(shown.log).toBe(`${redacted}\n`);
  });

  it('a message has no keys and nothing that looks like a key, for any kind of error', async () => {
    const forPeople = Object.assign(new Error(`A ${key} B ${foreign}`), { name: 'UserError' });
    await showError(forPeople, log);
    await showError(new Error(`C ${key} D ${foreign}`), log);
    log.dispose();
    expect(shown.messages).toEqual([
      `A ${redacted} B ${redacted}`,
      `Interleave failed: C ${redacted} D ${redacted}`,
    ]);
  });

  const listeners = (onKey: (key: string) => void) => ({ onKey, onTrouble: () => undefined });

  it.each([
    ['is found for its server', 'https://a.example', 'key'],
    ['was entered for another server', 'https://b.example', 'otherOrigin'],
  ])(
    'a key is registered for redaction before anyone gets it: when it %s',
    async (_when, origin, kind) => {
      const stored = JSON.stringify({ origin: 'https://a.example', key: 'stored-key-1' });
      const credentials = new Credentials(
        storageWith(stored),
        listeners((found) => redactor.add(found)),
      );
      expect((await credentials.find('openai', origin)).kind).toBe(kind);
      expect(redactor.hideKeys('stored-key-1')).toBe(redacted);
    },
  );

  it('a key is registered for redaction when it is entered', async () => {
    const credentials = new Credentials(
      storageWith(undefined),
      listeners((found) => redactor.add(found)),
    );
    await credentials.save('openai', 'https://a.example', 'entered-key-1');
    expect(redactor.hideKeys('entered-key-1')).toBe(redacted);
  });
});
