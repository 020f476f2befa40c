import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { parsePromptFile } from '../../../src/core/prompts/parsePromptFile.ts';
import { AgentFiles } from '../../../src/host/agentFiles.ts';
import { requestFor } from '../../support/requests.ts';

/** A file system of another extension: texts by their URIs, and what was read. */
const remote = vi.hoisted(() => ({
  files: {} as Record<string, string>,
  links: new Set<string>(),
  reads: [] as string[],
}));

vi.mock('vscode', () => {
  const uriOf = (text: string) => ({ text, toString: () => text });
  const bytesOf = ({ text }: { readonly text: string }) => {
    const found = remote.files[text];
    if (found === undefined) throw new Error('Unavailable');
    return new TextEncoder().encode(found);
  };
  return {
    FileType: { File: 1, Directory: 2, SymbolicLink: 64 },
    Uri: {
      parse: uriOf,
      joinPath: ({ text }: { text: string }, name: string) =>
        uriOf(`${text}/${encodeURIComponent(name)}`),
    },
    workspace: {
      fs: {
        readDirectory: async ({ text }: { readonly text: string }) => {
          const inside = Object.keys(remote.files).filter(
            (file) => file.slice(0, file.lastIndexOf('/')) === text,
          );
          if (inside.length === 0) throw new Error('Unavailable');
          return inside.map((file) => [
            decodeURIComponent(file.slice(text.length + 1)),
            remote.links.has(file) ? 65 : 1,
          ]);
        },
        stat: async (uri: { readonly text: string }) => ({ size: bytesOf(uri).length }),
        readFile: async (uri: { readonly text: string }) => {
          remote.reads.push(uri.text);
          return bytesOf(uri);
        },
      },
    },
  };
});

const root = 'vscode-vfs://github/o/r';
const place = `${root}/.github/agents`;

beforeEach(() => {
  remote.files = {};
  remote.links = new Set();
  remote.reads = [];
});

function folder(): string {
  const created = mkdtempSync(path.join(tmpdir(), 'agents-'));
  onTestFinished(() => rmSync(created, { recursive: true }));
  return created;
}

const agentsOver = (folders: readonly string[], maxBytes = 1_000) =>
  new AgentFiles({ folders: () => folders, homePath: folder(), reading: () => ({ maxBytes }) });

const namesIn = async (files: AgentFiles, uris: readonly string[] = []) =>
  (await files.find(uris)).agents.map(({ definition }) => definition.name);

describe('agent files of a virtual workspace', () => {
  it('are found in its folder, and in the folders between it and a prompt file', async () => {
    remote.files = {
      [`${place}/b.agent.md`]: '---\nname: b\n---\nx',
      [`${place}/a%20b.agent.md`]: 'x',
      [`${place}/readme.md`]: 'no agent',
      [`${root}/docs/.github/agents/c.agent.md`]: 'x',
      [`${root}/other/.github/agents/d.agent.md`]: 'x',
    };
    const files = agentsOver([`${root}/`]);
    expect(await namesIn(files)).toEqual(['a b', 'b']);
    expect(await namesIn(files, [`${root}/docs/deep/x.prompts.md`])).toEqual(['a b', 'b', 'c']);
    expect(await namesIn(files, ['vscode-vfs://github/o/rest/x.prompts.md'])).toEqual(['a b', 'b']);
  });

  it('answer the prompts that name them', async () => {
    remote.files = {
      [`${place}/a.agent.md`]: '---\nagents: [b]\n---\nx',
      [`${place}/b.agent.md`]: 'x',
    };
    const request = requestFor(['a']);
    const prompts = request.prompts.map((prompt) => ({ ...prompt, options: { agent: 'a' } }));
    const chosen = await agentsOver([root]).choose({ ...request, prompts });
    expect(chosen.request.agents?.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(chosen.remarks).toEqual([]);
  });

  it('are left out, and said, when they are too large, before they are read', async () => {
    remote.files = { [`${place}/a.agent.md`]: 'x'.repeat(101), [`${place}/b.agent.md`]: 'x' };
    const found = await agentsOver([root], 100).find([]);
    expect(found.agents.map(({ definition }) => definition.name)).toEqual(['b']);
    expect(found.remarks).toEqual([expect.stringMatching(/a\.agent\.md:1:1: .*has 101 bytes/)]);
    expect(remote.reads).toEqual([`${place}/b.agent.md`]);
  });

  it('are not read through links', async () => {
    remote.files = { [`${place}/a.agent.md`]: 'x' };
    remote.links.add(`${place}/a.agent.md`);
    expect(await namesIn(agentsOver([root]))).toEqual([]);
  });

  it('are none where the file system fails', async () => {
    expect(await namesIn(agentsOver([root]))).toEqual([]);
  });
});

describe('the problems of an agent file', () => {
  const write = (top: string, name: string, text: string): string => {
    const at = path.join(top, '.github', 'agents');
    mkdirSync(at, { recursive: true });
    const file = path.join(at, name);
    writeFileSync(file, text);
    return pathToFileURL(file).href;
  };

  it('are those of its text in the editor, among the other files on disk', async () => {
    const top = folder();
    write(top, 'b.agent.md', '---\nname: b\nhandoffs: [a]\n---\nx');
    const uri = write(top, 'a.agent.md', '---\nname: a\n---\nx');
    const files = agentsOver([top]);
    expect(await files.checkFile('---\nname: a\n---\nx', uri)).toEqual([]);
    const found = await files.checkFile('---\nname: a\nagents: [b, c]\nmodell: x\n---\nx', uri);
    expect(found.map(({ code, range }) => [code, range.line, range.column])).toEqual([
      ['agent-cycle', 2, 9],
      ['unknown-agent', 2, 12],
      ['unknown-option', 3, 0],
    ]);
  });

  it('are found in a folder of its own, too', async () => {
    const elsewhere = folder();
    writeFileSync(path.join(elsewhere, 'b.agent.md'), 'x');
    const uri = pathToFileURL(path.join(elsewhere, 'a.agent.md')).href;
    const found = await agentsOver([folder()]).checkFile('---\nagents: [b, c]\n---\nx', uri);
    expect(found.map(({ message }) => message)).toEqual([expect.stringContaining('"c"')]);
  });

  it('are found in a file that has not been saved', async () => {
    const found = await agentsOver([]).checkFile('---\nagents: [b]\n---\nx', 'untitled:a.agent.md');
    expect(found.map(({ code }) => code)).toEqual(['unknown-agent']);
  });

  it('do not come from files behind links that lead out of the folder', async () => {
    const top = folder();
    const uri = write(top, 'a.agent.md', 'x');
    const outside = path.join(folder(), 'b.agent.md');
    writeFileSync(outside, 'x');
    symlinkSync(outside, path.join(top, '.github', 'agents', 'b.agent.md'));
    const found = await agentsOver([top]).checkFile('---\nagents: [b]\n---\nx', uri);
    expect(found.map(({ code }) => code)).toEqual(['unknown-agent']);
  });
});

describe('the problems of a prompt file', () => {
  it('include the agents that it names, unless the chat may have them', async () => {
    remote.files = { [`${place}/reviewer.agent.md`]: 'x' };
    const check = (name: string) => {
      const file = parsePromptFile('---\nagent: reviwer\n---\n\n## A\n\nx', name);
      return agentsOver([root]).checkPrompts(file, `${root}/${name}`);
    };
    expect(await check('x.prompts.md')).toMatchObject([
      { severity: 'error', message: expect.stringContaining('Did you mean "reviewer"?') },
    ]);
    expect(await check('x.prompt.md')).toMatchObject([{ severity: 'information' }]);
  });
});
