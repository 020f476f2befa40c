import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { interleave, promptFolder, silentServer, viaAnthropic } from './commandLine.ts';

const secret = 'secret-9a71';

/** A folder `prompts` with one good file, and a secret file outside it. */
function prompts(): string {
  const base = promptFolder({ 'prompts/good.prompt.md': 'Add 1 and 2.', id_rsa: secret });
  return path.join(base, 'prompts');
}

describe('a prompt file in a given folder', () => {
  test.each(['leak.prompt.md', 'sub/leak.prompt.md'])(
    'that is a link out of it is reported and not read (%s)',
    async (name) => {
      const folder = prompts();
      mkdirSync(path.join(folder, 'sub'));
      symlinkSync(path.join(folder, '../id_rsa'), path.join(folder, name));
      const listed = await interleave(['list', folder]);
      expect(listed.out).toContain('good.prompt.md');
      expect(listed.out).not.toContain('leak');
      expect(listed.err).toContain(
        `${name} is a link to a file outside this folder; it was not read.`,
      );
      expect(listed.out + listed.err).not.toContain(secret);
    },
  );

  test('that is a link is not sent, even when there is nothing else to run', async () => {
    const folder = promptFolder({ 'p/x.md': '', id_rsa: secret });
    symlinkSync(path.join(folder, 'id_rsa'), path.join(folder, 'p/leak.prompt.md'));
    const server = await silentServer();
    const outcome = await interleave([
      ...['run', path.join(folder, 'p'), '--log', 'none'],
      ...viaAnthropic(server.url),
    ]);
    expect(outcome.code).not.toBe(0);
    expect(outcome.err).toContain('is a link to a file outside this folder');
    expect(server.requests).toEqual([]);
  });

  test('that is a link to a file inside is read', async () => {
    const folder = prompts();
    mkdirSync(path.join(folder, 'sub'));
    symlinkSync('../good.prompt.md', path.join(folder, 'sub/again.prompt.md'));
    const { code, out } = await interleave(['list', folder]);
    expect(code).toBe(0);
    expect(out).toContain('again');
  });

  test('that is a pipe or a device does not block', async () => {
    const folder = prompts();
    execFileSync('mkfifo', [path.join(folder, 'pipe.prompt.md')]);
    symlinkSync('/dev/zero', path.join(folder, 'zero.prompt.md'));
    const { out, err } = await interleave(['list', folder]);
    expect(out).toContain('good.prompt.md');
    expect(err).toContain('pipe.prompt.md is a pipe, a socket or a device');
    expect(err).toMatch(/zero\.prompt\.md is a (?:pipe, a socket or a device|link)/);
  });

  test('that is too large is refused before it is read', async () => {
    const folder = prompts();
    const huge = path.join(folder, 'huge.prompt.md');
    writeFileSync(huge, '');
    truncateSync(huge, 1_900_000_000);
    const before = process.memoryUsage().rss;
    const { err } = await interleave(['list', folder]);
    expect(err).toContain(
      'error: This file has 1,900,000,000 bytes; the limit is 1,000,000 (1 MB)',
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
  });
});

describe('a prompt file that was given itself', () => {
  test('may be a link to anywhere, because the user chose it', async () => {
    const folder = promptFolder({ 'elsewhere/real.md': 'Add 1 and 2.', 'p/x.md': '' });
    const link = path.join(folder, 'p/link.prompt.md');
    symlinkSync(path.join(folder, 'elsewhere/real.md'), link);
    expect(await interleave(['list', link])).toMatchObject({ code: 0 });
    expect(await interleave(['list', path.join(folder, 'p'), link])).toMatchObject({ code: 0 });
  });

  test('must be a regular file', async () => {
    const folder = promptFolder({ 'x.md': '' });
    const pipe = path.join(folder, 'pipe.prompt.md');
    execFileSync('mkfifo', [pipe]);
    const { code, err } = await interleave(['list', pipe]);
    expect(code).not.toBe(0);
    expect(err).toContain('is a pipe, a socket or a device, not a regular file; it was not read');
  });
});

test('an earlier result that is a pipe is refused and does not block', async () => {
  const folder = promptFolder({ 'a.prompt.md': 'Add 1 and 2.' });
  const pipe = path.join(folder, 'result.json');
  execFileSync('mkfifo', [pipe]);
  const { code, err } = await interleave([
    ...['run', path.join(folder, 'a.prompt.md'), '--provider', 'demo'],
    ...['--rerun-failed', pipe],
  ]);
  expect(code).not.toBe(0);
  expect(err).toContain('is a pipe, a socket or a device');
});
