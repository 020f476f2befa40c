import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { RecordedRequest, Reply } from '../../support/loopback/loopbackServer.ts';
import { interleave, promptFolder, scriptedServer, viaAnthropic } from './commandLine.ts';
import { asksFor, promptIn, says, turnsIn } from './replies.ts';

const agents = {
  '.github/agents/boss.agent.md':
    '---\nname: boss\ntools: [read_file, write_file]\nagents: [reader]\n---\nYou lead.\n',
  '.github/agents/reader.agent.md': '---\nname: reader\ntools: [read_file]\n---\nYou read.\n',
};

const read = asksFor('read_file', { path: 'a.txt' });
const write = asksFor('write_file', { path: 'a.txt', content: 'rewritten\n' });

/** The model reads, rewrites, and says what it was told last. */
function rewriting(request: RecordedRequest): Reply {
  const { messages } = JSON.parse(request.body) as { messages: unknown[] };
  return [read, write][turnsIn(request)] ?? says(JSON.stringify(messages.at(-1)));
}

/** Another agent reads for it. */
function rewritingWithHelp(request: RecordedRequest): Reply {
  if (promptIn(request) === 'Read it') return [read][turnsIn(request)] ?? says('It says so.');
  const isFirst = turnsIn(request) === 0;
  return isFirst ? asksFor('ask_reader', { task: 'Read it' }) : rewriting(request);
}

it.each([
  ['the conversation', rewriting],
  ['an agent that it asked', rewritingWithHelp],
])(
  'A file that changed after %s read it is not rewritten, also in another process',
  async (_, model) => {
    const server = await scriptedServer(model);
    const runsFolder = promptFolder({});
    const folder = promptFolder({
      ...agents,
      'a.txt': 'one\n',
      'p.prompts.md': '---\nagent: boss\n---\n\n## P\n\nRewrite it\n',
    });
    const where = { runsFolder, folder, workspaceFolder: folder };
    const run = ['run', path.join(folder, 'p.prompts.md'), ...viaAnthropic(server.url)];
    const options = ['--model', 'm', '--log', 'none'];
    // The limit stops it between the two calls.
    const stopped = await interleave([...run, ...options, '--limit', 'toolCalls=1'], where);
    expect(stopped.err).toContain('--limit toolCalls=2');
    writeFileSync(path.join(folder, 'a.txt'), 'one\nby somebody else\n');
    const [id = ''] = readdirSync(runsFolder);
    const resume = ['resume', id, '--limit', 'toolCalls=9', '--apply', 'all', '--log', 'none'];
    const { out } = await interleave(resume, where);
    expect(out).toContain('has changed on disk since you read it');
    expect(readFileSync(path.join(folder, 'a.txt'), 'utf8')).toBe('one\nby somebody else\n');
  },
);
