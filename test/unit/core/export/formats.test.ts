import { describe, expect, it } from 'vitest';
import { exportFormatNames } from '../../../../src/core/export/formatFacts.ts';
import { exportFormats, formatOfFile } from '../../../../src/core/export/formats.ts';

describe('Export formats', () => {
  it('have endings and labels of their own', () => {
    const formats = exportFormatNames.map((name) => exportFormats[name]);
    for (const key of ['extension', 'label'] as const) {
      expect(new Set(formats.map((format) => format[key])).size).toBe(formats.length);
    }
  });

  it.each(exportFormatNames)('%s is chosen by the ending of a file', (name) => {
    const { extension } = exportFormats[name];
    expect(formatOfFile(`/a/b.${extension}`)).toBe(exportFormats[name]);
    expect(formatOfFile(`/a/B.${extension.toUpperCase()}`)).toBe(exportFormats[name]);
  });

  it('are JSON for a file with another ending, or none', () => {
    for (const file of ['/a/b.txt', '/a/b', '/a/md', '/a/b.md.txt']) {
      expect(formatOfFile(file)).toBe(exportFormats.json);
    }
  });
});
