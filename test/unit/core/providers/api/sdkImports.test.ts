import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const sources = path.resolve(import.meta.dirname, '../../../../../src');

/** A static or dynamic import of either SDK, or of a part of it. */
const sdkImport = /(?:from|import)\s*\(?\s*['"](?:@anthropic-ai\/sdk|openai)['"/]/;

describe('the SDKs', () => {
  it('are imported by one file each, which has its own bundle', () => {
    const importers = readdirSync(sources, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => sdkImport.test(readFileSync(path.join(sources, file), 'utf8')))
      .map((file) => file.replaceAll('\\', '/'));
    expect(importers.sort()).toEqual([
      'core/providers/anthropic/sdk.ts',
      'core/providers/openai/sdk.ts',
    ]);
  });

  it('are loaded for the first turn and not before', () => {
    for (const api of ['anthropic', 'openai']) {
      const text = readFileSync(path.join(sources, 'core/providers', api, 'provider.ts'), 'utf8');
      expect(text).toContain("await import('./sdk.ts')");
      expect(text).not.toMatch(/^import (?!type)[^;]*'\.\/sdk\.ts'/m);
    }
  });
});
