import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ConversationResult } from '../../../src/shared/runResult.ts';
import type { Outcome } from '../../unit/cli/commandLine.ts';
import {
  interleave,
  promptFolder,
  scriptedServer,
  viaAnthropic,
  viaOpenAi,
} from '../../unit/cli/commandLine.ts';
import type { RecordedRequest, Reply } from '../loopback/loopbackServer.ts';
import { type EventData, plainReply, sseText, streamReply } from '../loopback/replies.ts';

/** The API that the server of a case speaks. */
export type CaseProtocol = 'anthropic' | 'openai';

/** The parts of a request that cases look at. */
export interface CaseBody {
  // biome-ignore lint/suspicious/noExplicitAny: requests are looked at in many places
  readonly [field: string]: any;
}

export interface CaseOptions {
  readonly protocol?: CaseProtocol;
  readonly args?: readonly string[];
  readonly prompt?: string;
  readonly environment?: { readonly [name: string]: string };
  readonly runsFolder?: string;
}

export interface Case {
  readonly conversation: ConversationResult;
  readonly outcome: Outcome;
  readonly bodies: readonly CaseBody[];
}

/** A stream of these events. */
export function events(...parts: readonly (EventData | readonly EventData[])[]): Reply {
  return streamReply(sseText(parts.flat()));
}

/** A stream of exactly this text, with its own head. */
export function raw(text: string | Uint8Array, headers: Record<string, string> = {}): Reply {
  return streamReply([text], headers);
}

export type CaseReplies = (request: CaseBody, index: number) => Reply;

/** Runs the one prompt of a case on the command line, with a real server that answers by script. */
export async function runCase(replyTo: CaseReplies, options: CaseOptions = {}): Promise<Case> {
  const { protocol = 'anthropic', args = [], environment = {} } = options;
  const bodies: CaseBody[] = [];
  const server = await scriptedServer((request: RecordedRequest): Reply => {
    if (request.method === 'GET') return plainReply(404, { error: { message: 'Not found' } });
    const body = JSON.parse(request.body) as CaseBody;
    bodies.push(body);
    return replyTo(body, bodies.length - 1);
  });
  const prompt =
    options.prompt ??
    '<!-- interleave\ntools: [list_files, sum_numbers]\n-->\n\nList the files, then say done.';
  const folder = promptFolder({ 'a.prompts.md': `## First\n\n${prompt}\n` });
  const result = path.join(folder, 'result.json');
  const via = protocol === 'anthropic' ? viaAnthropic(server.url) : viaOpenAi(`${server.url}/v1`);
  const outcome = await interleave(
    ['run', path.join(folder, 'a.prompts.md'), ...via, '--model', 'x', '--json', result, ...args],
    {
      environment,
      workspace: { 'readme.md': 'Hello.' },
      ...(options.runsFolder === undefined ? {} : { runsFolder: options.runsFolder }),
    },
  );
  const run = JSON.parse(readFileSync(result, 'utf8'));
  return { conversation: run.conversations[0], outcome, bodies };
}
