// Runs that the panel is tested and photographed with: queued, running, finished, large.
import type { ConversationStep } from '../../../src/shared/conversationEvents.ts';
import { failure, RunScript, type ScriptedStart, tokens } from './runScript.ts';

const longAnswer = `The module does **three things**, in this order:

1. It reads the configuration with \`readConfig()\`.
2. It opens a connection for each \`endpoint\`.
3. It closes them again.

## What to change

> Connections are closed one after another, which takes \`n\` round trips.

\`\`\`ts
export async function closeAll(connections: readonly Connection[]): Promise<void> {
  await Promise.all(connections.map((connection) => connection.close()));
}
\`\`\`

| file | lines | risk |
|:-----|------:|:----:|
| src/api.ts | 120 | low |
| src/pool.ts | 48 | high |

See [the documentation](https://example.com/docs/pool?id=1) and ![a chart](https://example.com/c.png).`;

const prompts: ScriptedStart['prompts'] = [
  { name: 'Sum then multiply' },
  { name: 'Explain module · src/api.ts' },
  { name: 'Dead code' },
  { name: 'Translate · de.json' },
  { name: 'Review src/pool.ts' },
  { name: 'A prompt with quite a long name that does not fit into its column' },
  { name: 'Key is missing' },
  { name: 'Endless loop' },
  { name: 'Compare both files' },
  { name: 'Summarise CHANGELOG.md' },
  { name: 'Name the endpoints' },
  { name: 'Write a test' },
];

type Done = Extract<ConversationStep, { readonly type: 'conversation.finished' }>;

function done(answer: string): Done {
  return { type: 'conversation.finished', status: 'done', reason: 'final', answer };
}

function callStep(turn: number, name: string, input: unknown): ConversationStep {
  return { type: 'tool.started', turn, callId: `${name}-${turn}`, name, input };
}

function resultStep(turn: number, name: string, output: string, isError = false): ConversationStep {
  return { type: 'tool.finished', turn, callId: `${name}-${turn}`, name, output, isError };
}

function turnStep(turn: number, text: string, used = tokens(820, 64, 512)): ConversationStep {
  const requestId = `req_01${turn}F8K2`;
  return { type: 'turn.finished', turn, text, toolCalls: [], usage: used, requestId };
}

function start(turn: number, attempt = 1): ConversationStep {
  return { type: 'turn.started', turn, attempt };
}

/** A run in which nothing has started. */
export function queuedRun(): RunScript {
  return new RunScript({ prompts, startedAt: new Date().toISOString() });
}

/** A running run with every state at once. */
export function runningRun(): RunScript {
  const startedAt = new Date(Date.now() - 5200).toISOString();
  const script = new RunScript({ prompts, startedAt, simulated: true });
  startAll(script);
  finishSome(script);
  return keepSomeGoing(script);
}

function startAll(script: RunScript): void {
  script.at(4);
  for (let index = 0; index < 11; index++) {
    script.steps(index, { type: 'conversation.started' }, start(1));
  }
}

function finishSome(script: RunScript): void {
  script
    .at(200)
    .steps(2, {
      type: 'conversation.finished',
      status: 'failed',
      reason: 'not_found',
      answer: '',
      error: failure('not_found', 'gpt-9 is not offered by this server. Choose another model.', {
        httpStatus: 404,
        requestId: 'req_011CX9',
      }),
    })
    .steps(6, {
      type: 'conversation.finished',
      status: 'failed',
      reason: 'auth',
      answer: 'I started to',
      error: failure('auth', 'The API key for Anthropic was not accepted. Set another one.', {
        httpStatus: 401,
      }),
    })
    .at(900)
    .steps(0, turnStep(1, 'I will add first.'), callStep(1, 'sum_numbers', { numbers: [2, 3] }))
    .at(938)
    .steps(0, resultStep(1, 'sum_numbers', '5'), start(2))
    .at(2100)
    .steps(0, turnStep(2, ''), callStep(2, 'multiply_numbers', { numbers: [5, 4] }))
    .at(2140)
    .steps(0, resultStep(2, 'multiply_numbers', '20'), start(3))
    .at(3100)
    .steps(0, turnStep(3, 'The answer is 20.'), done('The answer is 20.'))
    .at(3200)
    .steps(4, turnStep(1, longAnswer), done(longAnswer))
    .at(3300)
    .steps(7, turnStep(1, 'Let me look again.'), {
      type: 'conversation.finished',
      status: 'stopped',
      reason: 'max_turns',
      answer: 'Let me look again.',
    })
    .steps(8, {
      type: 'conversation.finished',
      status: 'cancelled',
      reason: 'cancelled',
      answer: '',
    });
}

function keepSomeGoing(script: RunScript): RunScript {
  const partial = '## Overview\n\nThe module **reads** its configuration from `src/config.ts`, ';
  return script
    .at(3400)
    .steps(1, turnStep(1, ''), callStep(1, 'read_file', { path: 'src/api.ts' }))
    .at(3450)
    .steps(1, resultStep(1, 'read_file', 'export function api() {}\n'.repeat(20)), start(2))
    .at(3500)
    .steps(1, { type: 'turn.delta', turn: 2, text: `${partial}opens a connection and returns it` })
    .steps(3, { type: 'conversation.waiting', reason: 'rate_limit', untilMs: 17_000 })
    .steps(5, turnStep(1, ''), callStep(1, 'read_file', { path: 'src/very/long/path/pool.ts' }))
    .at(5000)
    .steps(
      9,
      {
        type: 'turn.discarded',
        turn: 1,
        attempt: 1,
        error: failure('overloaded', 'Anthropic is overloaded (529).', { httpStatus: 529 }),
      },
      { type: 'conversation.waiting', reason: 'retry', untilMs: 9000, attempt: 2, of: 8 },
    );
}

/** The same run after everything ended. */
export function finishedRun(): RunScript {
  const startedAt = new Date(Date.now() - 60_000).toISOString();
  const script = new RunScript({ prompts, startedAt });
  startAll(script);
  finishSome(script);
  keepSomeGoing(script)
    .at(5600)
    .steps(1, turnStep(2, longAnswer, tokens(2048, 380, 1024)), done(longAnswer))
    .steps(3, start(1), turnStep(1, '{ "hello": "hallo" }'), done('{ "hello": "hallo" }'))
    .steps(5, resultStep(1, 'read_file', 'src/very/long/path/pool.ts does not exist', true))
    .steps(5, start(2), turnStep(2, 'The file is not there.'), done('The file is not there.'))
    .steps(9, {
      type: 'conversation.finished',
      status: 'failed',
      reason: 'overloaded',
      answer: '',
      error: failure('overloaded', 'Anthropic was overloaded four times. Try again later.', {
        httpStatus: 529,
        attempts: 4,
      }),
    })
    .steps(10, turnStep(1, '- GET /runs\n- POST /runs'), done('- GET /runs\n- POST /runs'))
    .steps(11, { type: 'conversation.started' }, start(1), turnStep(1, 'Done.'), done('Done.'));
  return script.finish();
}

/** A run of many conversations, a third of them running. */
export function largeRun(count: number): RunScript {
  const names = Array.from({ length: count }, (_, index) => ({ name: `Ticket ${index + 1}` }));
  const startedAt = new Date(Date.now() - 8000).toISOString();
  const script = new RunScript({ title: 'tickets.prompts.md', prompts: names, startedAt }).at(5);
  for (let index = 0; index < count; index++) {
    script.steps(index, { type: 'conversation.started' }, start(1));
    if (index % 3 === 2) continue;
    const text = `Ticket ${index + 1} is about **billing**.`;
    script.steps(index, turnStep(1, text), done(text));
  }
  return script;
}
