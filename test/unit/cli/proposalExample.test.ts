import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { interleave, promptFolder } from './commandLine.ts';

it('The example proposes edits with the demo model, which apply with one conflict', async () => {
  const workspaceFolder = promptFolder({});
  cpSync('examples', workspaceFolder, { recursive: true });
  const read = (file: string): string => readFileSync(path.join(workspaceFolder, file), 'utf8');
  const before = read('src/format.ts');
  const runsFolder = promptFolder({});
  const file = path.join(workspaceFolder, 'proposals.prompts.md');
  const args = ['run', file, '--provider', 'demo', '--model', 'demo-fast', '--log', 'none'];
  const run = await interleave(args, { runsFolder, workspaceFolder });
  expect(run.code).toBe(0);
  expect(run.err).toContain('4 files proposed by 5 conversations.');
  expect(read('src/format.ts')).toBe(before);

  const id = /interleave resume (\S+)/.exec(run.err)?.[1] ?? '';
  const applied = await interleave(['resume', id, '--apply', 'all'], {
    runsFolder,
    workspaceFolder,
  });
  expect(applied.err).toContain('Conflict in src/format.ts, proposed by "Thousands"');
  expect(applied.err.match(/Conflict in/g)).toHaveLength(1);
  expect(read('src/format.ts')).toContain('(cents / 100).toFixed(2)');
  expect(read('src/format.ts')).toContain("Math.round(Number(text.replace('$', '')) * 100)");
  expect(read('src/NOTES.md')).toBe('All amounts are in cents.\n');
  expect(read('src/receiptText.ts')).toContain('receiptFor');
});
