import { expect, it, vi } from 'vitest';
import { defaultLimitValues } from '../../../src/core/base/limits.ts';
import type { Configuration } from '../../../src/host/configuration.ts';
import type { Credentials } from '../../../src/host/credentials.ts';
import { ProviderSource } from '../../../src/host/providerSource.ts';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));

it('refuses an unknown provider and lists the known ones', async () => {
  const find = vi.fn();
  const source = new ProviderSource(
    {
      limits: () => defaultLimitValues,
      endpoints: () => ({ anthropic: '', openai: '' }),
    } as unknown as Configuration,
    { find } as unknown as Credentials,
    {} as never,
  );
  await expect(source.resolve('opnai' as never)).rejects.toThrow(
    'interleave.provider is "opnai", but must be one of auto, anthropic, openai, vscode, demo. Nothing was sent.',
  );
  expect(find).not.toHaveBeenCalled();
  await source.dispose();
});
