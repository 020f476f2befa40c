import { onTestFinished } from 'vitest';
import { anthropicEvents } from './loopback/anthropicScript.ts';
import type { RecordedRequest, Reply, ReplyStep } from './loopback/loopbackServer.ts';
import { type LoopbackServer, startLoopbackServer } from './loopback/loopbackServer.ts';
import { openAiEvents } from './loopback/openAiScript.ts';
import { type EventData, plainReply, sseText, streamReply } from './loopback/replies.ts';

type Protocol = 'anthropic' | 'openai';

/** Joined here, so that secret scanners do not flag this file. */
const made = (...parts: readonly string[]): string => parts.join('');
const letters = 'Ab3dEf6hIj9lMn2pQr5tUv8xYz1BcD4f';

/** Keys in the environment or the key store. Only the second one looks like a key. */
export const environmentKeys: ReadonlyMap<string, string> = new Map([
  ['anthropic', 'an-unusual+key/of.a;gateway'],
  ['openai', made('sk-proj-', letters)],
]);

/** Secrets of others, recognisable only by their form. */
export const foreignSecrets: ReadonlyMap<string, string> = new Map([
  ['anthropic-like', made('sk-ant-api03-', letters)],
  ['github', made('ghp', '_', letters)],
  ['github-new', made('github', '_pat_', letters)],
  ['gitlab', made('glpat-', letters)],
  ['slack', made('xoxb', '-1234567890-', letters)],
  ['slack-app', made('xapp', '-1-', letters)],
  ['aws', made('AKIA', 'IOSFODNN7EXAMPLE')],
  ['google', made('AIza', letters, 'abc')],
  ['stripe', made('sk_', 'live_', letters)],
  ['npm', made('npm', '_', letters)],
  ['hugging-face', made('hf', '_', letters)],
  ['groq', made('gsk', '_', letters)],
  ['xai', made('xai-', letters)],
  ['jwt', made('eyJ', 'hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.', letters)],
  ['bearer', 'Zm9vYmFyYmF6cXV4MTIzNDU2'],
  ['basic', 'dXNlcjpodW50ZXIyLXBhc3M='],
  ['password', 'correct-horse-battery'],
  ['userinfo', 'me:letmein-42'],
]);

export const canaries: ReadonlyMap<string, string> = new Map([
  ...environmentKeys,
  ...foreignSecrets,
]);

/** All canaries, each in a realistic context. */
const spilled = [...canaries]
  .map(([name, secret]) => {
    switch (name) {
      case 'bearer':
        return `Bearer ${secret}`;
      case 'basic':
        return `Authorization: Basic ${secret}`;
      case 'password':
        return `https://host/?page=1&password=${secret}`;
      case 'userinfo':
        return `https://${secret}@host/`;
      default:
        return secret;
    }
  })
  .join(' , ');

/** A few canaries each, short enough to appear whole in an error message. */
const spills = spilled.match(/(?:[^,]+,){1,3}|[^,]+$/g) ?? [];

/** Files for the tools of the run. */
export const canaryFiles: { readonly [name: string]: string } = {
  'notes.txt': `The notes say:\n${spilled.replaceAll(' , ', '\n')}\n`,
};

/** Faults and requests in the conversations of the run. */
export const promptNames = [
  'answers',
  'readsFile',
  'wrongTool',
  'oddHeader',
  'ownKey',
  'missing',
  'rejected',
  'webPage',
  'redirect',
  'malformed',
  'streamError',
  'brokenOff',
] as const;

type PromptName = (typeof promptNames)[number];

export function promptText(name: PromptName): string {
  const own = name === 'ownKey' ? ` ${[...environmentKeys.values()].join(' ')}` : '';
  return `prompt-${name}${own}`;
}

interface CanaryServer extends LoopbackServer {
  /** Everything sent so far, headers and bodies. */
  sent(): string;
}

/** A server that leaks all canaries wherever a server can; closes when the test ends. */
export async function canaryServer(protocol: Protocol): Promise<CanaryServer> {
  let sent = '';
  let turn = 0;
  const server = await startLoopbackServer((request) => {
    turn += 1;
    const reply = replyTo(request, protocol, spills[turn % spills.length] ?? '');
    sent += JSON.stringify(reply);
    return reply;
  });
  onTestFinished(() => server.close());
  return Object.assign(server, { sent: () => sent });
}

function replyTo(request: RecordedRequest, protocol: Protocol, spill: string): Reply {
  const { body } = request;
  if (request.method === 'GET') return plainReply(404, { error: { message: spilled } });
  const name = promptNames.find((one) => body.includes(`prompt-${one}`));
  const wire = wires[protocol];
  const isAnswered = /"tool_result"|function_call_output/.test(body);
  switch (name) {
    case 'answers':
      return streamReply(sseText(wire.text([...environmentKeys.values()].join(' and '))));
    case 'readsFile':
      if (isAnswered) return streamReply(sseText(wire.text('Done.')));
      return streamReply(sseText(wire.call('read_file', { path: 'notes.txt' })));
    case 'wrongTool':
      if (isAnswered) return streamReply(sseText(wire.text('Done.')));
      return streamReply(sseText(wire.call('read_file', { path: spilled, [spilled]: spilled })));
    case 'oddHeader':
      return streamReply(sseText(wire.text('Odd.')), {
        'request-id': spill,
        'x-request-id': spill,
        'x-ratelimit-remaining-requests': spill,
      });
    case 'ownKey':
      return streamReply(sseText(wire.text('Yours.')));
    case 'missing':
      return plainReply(404, errorBody(spill), { 'request-id': spill });
    case 'rejected':
      return plainReply(400, errorBody(spill), { 'request-id': spill });
    case 'webPage':
      return plainReply(502, `<h1>${spilled}</h1>`, { server: spill });
    case 'redirect':
      return plainReply(307, '', {
        location: `https://me:letmein-42@127.0.0.1:9/?token=${letters}`,
      });
    case 'malformed':
      return streamReply(`event: message_start\ndata: {"type": ${spilled}\n\n`);
    case 'streamError':
      return streamReply(sseText([wire.error(spill)]));
    default:
      return brokenOff(wire.text(`Half an answer ${spilled}`));
  }
}

function errorBody(message: string): object {
  return { type: 'error', error: { type: 'some_error', code: message, param: message, message } };
}

function brokenOff(events: readonly EventData[]): Reply {
  const [head, ...rest] = streamReply(sseText(events.slice(0, -2)));
  const steps: readonly ReplyStep[] = rest.filter((step) => step.do !== 'end');
  return head === undefined ? [] : [head, ...steps, { do: 'cut' }];
}

interface Wire {
  readonly text: (text: string) => readonly EventData[];
  readonly call: (name: string, input: object) => readonly EventData[];
  readonly error: (message: string) => EventData;
}

const wires: { readonly [P in Protocol]: Wire } = {
  anthropic: {
    text: (text) => anthropicEvents({ content: [{ type: 'text', text }], stopReason: 'end_turn' }),
    call: (name, input) =>
      anthropicEvents({
        content: [{ type: 'tool_use', id: 'toolu_1', name, input }],
        stopReason: 'tool_use',
      }),
    error: (message) => ({
      type: 'error',
      error: { type: 'invalid_request_error', message },
      request_id: message,
    }),
  },
  openai: {
    text: (text) =>
      openAiEvents({
        output: [
          {
            type: 'message',
            id: 'msg_1',
            role: 'assistant',
            content: [{ type: 'output_text', text }],
          },
        ],
      }),
    call: (name, input) =>
      openAiEvents({
        output: [
          {
            type: 'function_call',
            id: 'fc_1',
            call_id: 'call_1',
            name,
            arguments: JSON.stringify(input),
          },
        ],
      }),
    error: (message) => ({ type: 'error', code: '400', message, param: message }),
  },
};
