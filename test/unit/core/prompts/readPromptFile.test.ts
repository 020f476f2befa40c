import { symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readPromptFile } from '../../../../src/core/prompts/readPromptFile.ts';
import { promptFolder } from '../../cli/commandLine.ts';

test('a prompt file is read only inside its folder, with a reason when it is not', async () => {
  const folder = promptFolder({ 'in/a.prompt.md': 'Add 1 and 2.', 'out.md': 'secret' });
  const within = path.join(folder, 'in');
  const place = { maxBytes: 100, within };
  const leak = path.join(within, 'leak.prompt.md');
  symlinkSync('../out.md', leak);
  expect(await readPromptFile(path.join(within, 'a.prompt.md'), place)).toBe('Add 1 and 2.');
  expect(await readPromptFile(leak, place)).toMatchObject({
    prompts: [],
    diagnostics: [
      {
        severity: 'error',
        code: 'not-read',
        message: 'This file is a link to a file outside this folder; it was not read.',
      },
    ],
  });
});

test('a file that is too large is reported as such', async () => {
  const folder = promptFolder({});
  const large = path.join(folder, 'large.prompt.md');
  writeFileSync(large, 'x'.repeat(101));
  expect(await readPromptFile(large, { maxBytes: 100 })).toMatchObject({
    diagnostics: [
      {
        code: 'too-large',
        message: 'This file has 101 bytes; the limit is 100 (0.1 KB). Split it into several files.',
      },
    ],
  });
});
