import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { demoServer, interleave, promptFolder, viaAnthropic } from './commandLine.ts';

const prompt = `---
tools: [run_demo_program]
---

## One

Have the demo program print \`hello\`.
`;

/** A folder with a prompt that asks for a program to be run, and with rules of its own. */
function folderWith(rules: string): string {
  const folder = promptFolder({ 'ask.prompts.md': prompt });
  mkdirSync(path.join(folder, '.interleave'));
  writeFileSync(path.join(folder, '.interleave', 'approvals.rules'), rules);
  return folder;
}

async function run(folder: string, ...more: readonly string[]) {
  const demo = [...viaAnthropic((await demoServer()).origin), '--model', 'demo', '--log', 'none'];
  return interleave(['run', path.join(folder, 'ask.prompts.md'), ...demo, ...more], { folder });
}

const allowing = ['--allow', 'run_demo_program'];

describe('rules that the current folder brings', () => {
  it.each([
    'deny run_demo_program',
    'ask run_demo_program',
    'deny *',
    '\ufeffdeny run_demo_program\r\n',
  ])('such as %j come before what the command allows', async (rules) => {
    const { out } = await run(folderWith(rules), ...allowing);
    expect(out).not.toContain('Its tool says: hello');
    expect((await run(folderWith('deny read_file'), ...allowing)).out).toContain(
      'Its tool says: hello',
    );
  });

  it('allow nothing, which is said', async () => {
    const { code, out, err } = await run(folderWith('# Build\nallow run_demo_program'));
    expect(code).toBe(1);
    expect(out).not.toContain('Its tool says: hello');
    expect(err).toContain(
      '.interleave/approvals.rules:2:7: warning: A workspace cannot allow anything; this rule is ignored.',
    );
  });

  it.each([
    ['an error', 'denny run_demo_program'],
    ['too much text', `deny run_demo_program\n${'#'.repeat(100_000)}`],
  ])('with %s stop the command before anything is sent', async (_, rules) => {
    const { code, out, err } = await run(folderWith(rules), ...allowing);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/\.interleave\/approvals\.rules.*(?:nothing was sent|Nothing was sent)/s);
  });

  it('are not read through a link', async () => {
    const outside = promptFolder({ 'approvals.rules': 'deny read_file' });
    const folder = promptFolder({ 'ask.prompts.md': prompt });
    symlinkSync(outside, path.join(folder, '.interleave'));
    const { code, err } = await run(folder, ...allowing);
    expect(code).toBe(2);
    expect(err).toContain('outside this folder');
  });

  it('are rules like any other where the user gives the file', async () => {
    const folder = folderWith('allow run_demo_program');
    const { code, out, err } = await run(
      folder,
      '--rules',
      path.join(folder, '.interleave', 'approvals.rules'),
    );
    expect(code).toBe(0);
    expect(out).toContain('Its tool says: hello');
    expect(err).not.toContain('ignored');
  });

  it('are checked as what they are', async () => {
    const folder = folderWith('allow run_demo_program\ndeny get_diagnostics\n');
    const { code, out, err } = await interleave(
      ['rules', 'check', path.join(folder, '.interleave', 'approvals.rules')],
      { folder },
    );
    expect([code, out]).toEqual([0, '1 rule, 0 examples hold.\n']);
    expect(err).toContain('A workspace cannot allow anything');
  });
});
