import type { CallDecision } from '../../../src/shared/callDecision.ts';
import type { ConversationStep } from '../../../src/shared/conversationEvents.ts';
import { limitReasons } from '../../../src/shared/outcome.ts';
import type { Usage } from '../../../src/shared/usage.ts';
import { failure, RunScript, tokens } from './runScript.ts';

const started: readonly ConversationStep[] = [
  { type: 'conversation.started' },
  { type: 'turn.started', turn: 1, attempt: 1 },
];

function turn(number: number, text: string, usage: Usage): ConversationStep {
  return { type: 'turn.finished', turn: number, text, toolCalls: [], usage, requestId: 'req_01A' };
}

function prompts(count: number): readonly { readonly name: string }[] {
  return Array.from({ length: count }, (_, index) => ({ name: `Ticket ${4120 + index}` }));
}

/** Many conversations wait for the rate limit, some for other reasons, and one thinks. */
export function waitingRun(): RunScript {
  const startedAt = new Date(Date.now() - 5000).toISOString();
  const script = new RunScript({ title: 'tickets.prompts.md', prompts: prompts(24), startedAt });
  script
    .at(4)
    .steps(0, ...started)
    .steps(1, ...started)
    .steps(2, ...started)
    .steps(3, ...started);
  script
    .at(2000)
    .steps(0, turn(1, 'It is a billing question.', tokens(6120, 210, 5400)), {
      type: 'conversation.finished',
      status: 'done',
      reason: 'final',
      answer: 'It is a billing question.',
    })
    .at(4000)
    .steps(
      1,
      {
        type: 'turn.discarded',
        turn: 1,
        attempt: 1,
        error: failure('overloaded', 'api.anthropic.com is overloaded (HTTP 529).'),
        usage: tokens(6100, 12, 5400),
      },
      { type: 'conversation.waiting', reason: 'retry', untilMs: 8000, attempt: 2, of: 8 },
    )
    .steps(2, {
      type: 'turn.thinking',
      turn: 1,
      text: 'The customer mentions two invoices. I should compare their dates first, and then look at the amounts, because the second one may be a correction of the first.',
    })
    .steps(
      3,
      {
        type: 'turn.discarded',
        turn: 1,
        attempt: 1,
        error: failure('network', 'The connection to api.anthropic.com was lost.'),
      },
      { type: 'turn.started', turn: 1, attempt: 2 },
    );
  for (let index = 4; index < 22; index++) {
    script.steps(index, { type: 'conversation.waiting', reason: 'rate_limit', untilMs: 17_000 });
  }
  return script.at(5000);
}

/** A run paused by a used-up quota or a refused key. */
export function pausedRun(kind: 'auth' | 'quota' = 'quota'): RunScript {
  const startedAt = new Date(Date.now() - 5000).toISOString();
  const script = new RunScript({ title: 'tickets.prompts.md', prompts: prompts(24), startedAt });
  const error =
    kind === 'quota'
      ? failure(
          'quota',
          'The spending limit or credit at api.anthropic.com is used up: Your credit balance is too low to access the API. Please go to Plans & Billing to upgrade or purchase credits.',
          { httpStatus: 402 },
        )
      : failure('auth', 'The key was refused by api.anthropic.com: invalid x-api-key.');
  script
    .at(4)
    .steps(0, ...started)
    .steps(1, ...started);
  script
    .at(2000)
    .steps(0, turn(1, 'It is a billing question.', tokens(6120, 210, 5400)), {
      type: 'conversation.finished',
      status: 'done',
      reason: 'final',
      answer: 'It is a billing question.',
    })
    .at(4000)
    .pause(error)
    .steps(1, { type: 'turn.discarded', turn: 1, attempt: 1, error });
  for (let index = 1; index < 24; index++) {
    script.steps(index, { type: 'conversation.waiting', reason: 'blocked' });
  }
  return script.at(5000);
}

/** One conversation per limit, with unknown prices and a note. */
export function stoppedRun(): RunScript {
  const names = limitReasons.map((name) => ({ name, model: 'local/qwen-4' }));
  const script = new RunScript({ title: 'limits.prompts.md', prompts: names, unpriced: true });
  script.note('local/qwen-4 does not know reasoning effort: it is left out.');
  limitReasons.forEach((reason, index) => {
    const answer = index % 2 === 0 ? '' : 'The first part of the answer says that';
    script.at(100 * index).steps(index, ...started, turn(1, answer, tokens(3000, 400)), {
      type: 'conversation.finished',
      status: 'stopped',
      reason,
      answer,
    });
  });
  return script.finish();
}

/** A run whose conversations were all cancelled before they ended. */
export function cancelledRun(): RunScript {
  const script = new RunScript({ prompts: prompts(6) });
  for (let index = 0; index < 6; index++) {
    script.steps(index, {
      type: 'conversation.finished',
      status: 'cancelled',
      reason: 'cancelled',
      answer: '',
    });
  }
  return script.finish('cancelled');
}

const decision: CallDecision = {
  verdict: 'ask',
  by: { kind: 'default', why: 'No rule allows it.' },
  parts: [{ text: 'npm test', verdict: 'ask', by: { kind: 'rule', rule: 'ask *', place: 'run' } }],
};

/**
 * No conversation is held up: in one a call waits for a decision while another one runs, and in one an agent that was
 * asked waits for an answer while the agent that asked runs something.
 */
export function partlyUndecidedRun(): RunScript {
  const script = new RunScript({ prompts: prompts(3) });
  const calls = ['fetch_url', 'run_command'].map((name, at) => ({
    ...{ callId: `c${at}`, name },
    input: { url: 'https://example.com' },
  }));
  const waits = { type: 'tool.waiting', turn: 1, callId: 'c1', decision } as const;
  script.steps(
    0,
    ...started,
    { type: 'turn.finished', turn: 1, text: '', toolCalls: calls, usage: tokens(1, 1) },
    { ...waits, name: 'run_command' },
    { type: 'tool.started', turn: 1, callId: 'c0', name: 'fetch_url', input: {} },
  );
  const asked = ['ask_helper', 'read_file'].map((name, at) => ({
    ...{ callId: `a${at}`, name },
    input: {},
  }));
  const question = [{ callId: 'c1', name: 'ask_user', input: { questions: [] } }];
  const within = ['1 a0'];
  script.steps(
    1,
    ...started,
    { type: 'turn.finished', turn: 1, text: '', toolCalls: asked, usage: tokens(1, 1) },
    { type: 'tool.started', turn: 1, callId: 'a0', name: 'ask_helper', input: {} },
    {
      ...{ type: 'agent.asked', turn: 1, callId: 'a0', prompt: 'Help.' },
      by: { agent: 'helper', provider: 'anthropic', model: 'claude-opus-5-5' },
    },
    ...started.map((step) => ({ ...step, within })),
    {
      ...{ type: 'turn.finished', turn: 1, text: '', toolCalls: question, usage: tokens(1, 1) },
      within,
    },
    { ...waits, name: 'ask_user', within },
    { type: 'conversation.waiting', reason: 'decision', within },
    { type: 'tool.started', turn: 1, callId: 'a1', name: 'read_file', input: {} },
  );
  script.steps(2, ...started);
  return script;
}

/** Four conversations: two wait for a decision, one of them on two calls, one runs, and one has ended. */
export function undecidedRun(first: string = 'run_command'): RunScript {
  const script = new RunScript({ prompts: prompts(4) });
  const asks = (conversation: number, ...names: readonly string[]): void => {
    const toolCalls = names.map((name, at) => ({
      ...{ callId: `c${at}`, name },
      input: { command: `npm test \u202e ${at}` },
    }));
    script.steps(
      conversation,
      ...started,
      { type: 'turn.finished', turn: 1, text: '', toolCalls, usage: tokens(1, 1) },
      ...toolCalls.map((call) => ({
        ...{ type: 'tool.waiting' as const, turn: 1, callId: call.callId, name: call.name },
        decision,
      })),
      { type: 'conversation.waiting', reason: 'decision' },
    );
  };
  asks(0, first);
  asks(2, 'run_command', 'fetch_url');
  script.steps(1, ...started);
  script.steps(3, ...started, {
    type: 'conversation.finished',
    status: 'done',
    reason: 'final',
    answer: 'Done.',
  });
  return script;
}
