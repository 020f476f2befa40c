import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asFileName } from '../../support/hostileWindowText.ts';
import {
  type LoopbackServer,
  type RecordedRequest,
  type Reply,
  startLoopbackServer,
} from '../../support/loopback/loopbackServer.ts';
import { plainReply } from '../../support/loopback/replies.ts';
import { CanaryExtension } from './canaryExtension.ts';
import { openVscode } from './openVscode.ts';
import type { VscodeDriver } from './vscodeDriver.ts';
import { watchWindow } from './windowWatch.ts';

/** A prompt that the server never answers. */
export const heldPrompt = 'canary-held';

/** A window without test driver, with hostile texts wherever text can come from outside. */
export interface HostileWindow {
  readonly vs: VscodeDriver;
  readonly canary: CanaryExtension;
  /** A server that must get no request: only hostile texts name it. */
  readonly recorder: LoopbackServer;
  readonly texts: readonly string[];
  /**
   * Prompt files with hostile names; each has an error, so that running it shows the file's name.
   */
  readonly files: readonly string[];
  /** Sets the text with which the server refuses the next requests. */
  say(text: string): void;
  dispose(): Promise<void>;
}

/** The window's key for the server. */
const key = 'sk-ant-hostile-window';

/**
 * Opens the window with the extension installed as from its package, and VS Code without its test
 * driver. `textsFor` creates the texts from the address of the server that must get no request.
 */
export async function openHostileWindow(
  textsFor: (recorder: string) => readonly string[],
): Promise<HostileWindow> {
  const recorder = await startLoopbackServer(() => plainReply(200, 'heard'));
  const texts = textsFor(recorder.url);
  let next = 'no';
  const model = await startLoopbackServer((request) => answer(request, texts, next));
  const canary = await CanaryExtension.make();
  const folder = await mkdtemp(path.join(tmpdir(), 'interleave-hostile-'));
  const names = await writeFiles(folder, texts);
  const vs = await openVscode({
    workspace: folder,
    installed: true,
    testDriver: false,
    companions: [CanaryExtension.folder],
    env: { ...canary.env, ANTHROPIC_API_KEY: key },
    viewport: { width: 1400, height: 1000 },
    settings: {
      'interleave.provider': 'anthropic',
      'interleave.anthropic.baseUrl': model.url,
      'interleave.limits.attempts': 1,
      'workbench.hover.delay': 0,
    },
  });
  await canary.started();
  await watchWindow(vs.page);
  return {
    vs,
    canary,
    recorder,
    texts,
    files: names.map((name) => path.join(vs.workspace, name)),
    say: (text) => {
      next = text;
    },
    dispose: async () => {
      await vs.dispose();
      await Promise.all([model.close(), recorder.close(), canary.dispose()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Lists models with hostile names, and refuses every prompt with a hostile message. */
function answer({ method, body }: RecordedRequest, texts: readonly string[], next: string): Reply {
  if (method === 'GET') {
    if (next !== 'models') return refusal(next);
    const data = texts.map((text, index) => ({
      ...{ type: 'model', id: `m${index} ${text}`, display_name: `${index} ${text}` },
      created_at: '2026-01-01T00:00:00Z',
    }));
    return plainReply(200, { data, has_more: false });
  }
  if (body.includes(heldPrompt)) return [];
  const number = /canary-prompt (\d+)/.exec(body)?.[1];
  return refusal(number === undefined ? next : (texts[Number(number)] ?? next));
}

function refusal(message: string): Reply {
  return plainReply(400, { type: 'error', error: { type: 'invalid_request_error', message } });
}

/** Writes the prompt files and returns the names of those with hostile names. */
async function writeFiles(folder: string, texts: readonly string[]): Promise<readonly string[]> {
  const prompts = texts.map((text, index) => {
    const name = text.replaceAll(/\p{Cc}/gu, '');
    return `## ${name}\n\ncanary-prompt ${index} ${text}\n`;
  });
  await writeFile(path.join(folder, 'all.prompts.md'), prompts.join('\n'));
  const names: string[] = [];
  for (const [index, text] of texts.entries()) {
    const name = asFileName(text);
    if (name === undefined) continue;
    const file = `in ${name}/f${index} ${name}.prompts.md`;
    await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
    const mistake = `---\n${JSON.stringify(text)}: ${JSON.stringify(text)}\nmodel: [\n---\n\n## A\n\nB\n`;
    await writeFile(path.join(folder, file), mistake);
    names.push(file);
  }
  return names;
}
