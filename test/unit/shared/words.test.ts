import { describe, expect, it } from 'vitest';
import { isAgentFileName, withoutAgentEnding } from '../../../src/shared/agentFileName.ts';
import { answererWords } from '../../../src/shared/answerer.ts';
import type { CallDecision, Decider } from '../../../src/shared/callDecision.ts';
import { decisionWords } from '../../../src/shared/callDecision.ts';
import { codeBlock } from '../../../src/shared/codeBlock.ts';
import { continueLabel, limitsReached, needsHigherLimit } from '../../../src/shared/continuing.ts';
import { limitWordsOf } from '../../../src/shared/limitWords.ts';
import { limitReasons } from '../../../src/shared/outcome.ts';
import { promptFileKind, withoutPromptEnding } from '../../../src/shared/promptFileName.ts';
import { decisionWaitWords, personWaitWords } from '../../../src/shared/question.ts';
import { onlyLimits, raisedWords, runLimitNames } from '../../../src/shared/raisedLimits.ts';
import { messageOf } from '../../../src/shared/thrown.ts';
import type { ToolCallRecord } from '../../../src/shared/toolCall.ts';
import { currentCall, openCallWords, undecidedCalls } from '../../../src/shared/toolCall.ts';
import { repetitionWords, untilWords } from '../../../src/shared/waitWords.ts';

describe('a decision in words', () => {
  it.each<[CallDecision['verdict'], Decider, string]>([
    [
      'deny',
      { kind: 'rule', rule: 'deny x', place: 'settings' },
      'denied: the rule "deny x" of your settings',
    ],
    ['allow', { kind: 'rule', rule: 'x', place: 'run' }, 'allowed: the rule "x" of this run'],
    [
      'ask',
      { kind: 'rule', rule: 'x', place: 'workspace' },
      'needs a decision: the rule "x" of the workspace',
    ],
    [
      'allow',
      { kind: 'rule', rule: 'x', place: 'click' },
      'allowed: the rule "x" made with a click',
    ],
    ['deny', { kind: 'floor', why: 'It deletes.' }, 'denied: It deletes.'],
    ['ask', { kind: 'default', why: 'It writes.' }, 'needs a decision: It writes.'],
    ['allow', { kind: 'person' }, 'allowed: the user'],
    ['deny', { kind: 'person', reason: 'No.' }, 'denied: the user: No.'],
    ['allow', { kind: 'person', isChanged: true }, 'allowed: the user, with changed arguments'],
    ['deny', { kind: 'nobody', why: 'It writes.' }, 'denied: nobody was there to ask. It writes.'],
  ])('%s by %j', (verdict, by, words) => {
    expect(decisionWords({ verdict, by })).toBe(words);
  });
});

describe('waiting for a person', () => {
  const [call, question] = [{ name: 'write_file' }, { name: 'ask_user' }];

  it.each([
    [[call], 'waiting for a decision'],
    [[call, question], 'waiting for 2 decisions'],
    [[question], 'waiting for an answer'],
    [[question, question], 'waiting for 2 answers'],
    [[], 'waiting for a decision'],
  ])('%j: %s', (calls, words) => {
    expect(decisionWaitWords(calls)).toBe(words);
  });

  it.each([
    [1, 0, '1 tool call waits for a decision'],
    [2, 1, '2 tool calls wait for a decision, 1 question waits for an answer'],
    [0, 2, '2 questions wait for an answer'],
    [0, 0, ''],
  ])('%i calls and %i questions: %j', (calls, questions, words) => {
    expect(personWaitWords({ calls, questions })).toBe(words);
  });
});

describe('a tool call without a result', () => {
  const by: Decider = { kind: 'person' };
  const call = (
    state: 'asked' | 'checked' | 'waiting' | 'running',
    verdict?: CallDecision['verdict'],
    name = 'write_file',
  ): ToolCallRecord => ({
    ...{ state, callId: 'c', name, input: {}, turn: 1, seq: 1 },
    ...(verdict === undefined ? {} : { decision: { verdict, by } }),
  });

  it.each([
    [call('asked'), 'asked for', 'not run'],
    [call('checked'), 'waiting for other calls', 'not run'],
    [call('waiting'), 'waiting for a decision', 'not run'],
    [call('waiting', 'ask'), 'waiting for a decision', 'not run'],
    [call('waiting', 'allow'), 'waiting for other calls', 'not run'],
    [call('waiting', 'deny'), 'denied', 'not run'],
    [call('waiting', undefined, 'ask_user'), 'waiting for an answer', 'not run'],
    [call('running'), 'running', 'no result'],
    [call('running', undefined, 'ask_user'), 'running', 'no result'],
  ])('%j', (one, words, wordsAtEnd) => {
    expect(openCallWords(one, false)).toBe(words);
    expect(openCallWords(one, true)).toBe(wordsAtEnd);
  });

  it('is the current one when something is done about it, and undecided until someone decides', () => {
    const calls = [call('checked'), call('waiting'), call('asked')];
    expect(currentCall(calls)).toBe(calls[1]);
    expect(currentCall([call('asked')])).toBeUndefined();
    const all = [
      ...calls,
      call('waiting', 'ask'),
      call('waiting', 'allow'),
      call('waiting', 'deny'),
    ];
    expect(undecidedCalls(all)).toEqual([all[1], all[3]]);
  });
});

describe('the limits that a higher one lets go on', () => {
  it('are those that a user can raise', () => {
    const raisable = limitReasons.filter(needsHigherLimit);
    expect(raisable).toEqual([
      ...['max_turns', 'budget', 'loop', 'max_tool_calls', 'timeout'],
      ...['max_run_turns', 'max_run_tool_calls', 'max_run_time'],
    ]);
    for (const reason of limitReasons) {
      const isRaised = raisable.includes(reason);
      expect(continueLabel(reason)).toBe(isRaised ? 'Raise Limit and Continue' : 'Continue');
    }
    expect(limitsReached({ reason: 'max_turns' })).toEqual(['maxTurns']);
    expect(limitsReached({ reason: 'final' })).toEqual([]);
    expect(limitsReached({})).toEqual([]);
  });

  it('are named in words', () => {
    const raised = { maxTurns: 100, maxCostUsd: 5 };
    expect(raisedWords(raised)).toBe('maxTurns 100, maxCostUsd 5');
    expect(raisedWords({})).toBe('');
    expect(onlyLimits(raised, runLimitNames)).toEqual({ maxCostUsd: 5 });
    expect(onlyLimits(undefined, runLimitNames)).toEqual({});
    expect(limitWordsOf({ reason: 'loop' })).toBe('going in circles');
    expect(limitWordsOf({ reason: 'final' })).toBeUndefined();
    expect(limitWordsOf({ reason: 'toString' as never })).toBeUndefined();
    expect(limitWordsOf({})).toBeUndefined();
  });
});

describe('a wait in words', () => {
  it.each([
    [{ attempt: 2, of: 8 }, 'network', 'reconnecting (2/8)'],
    [{ attempt: 3, of: 8 }, 'overloaded', 'retrying (3/8)'],
    [{ attempt: 3, of: 8 }, undefined, 'retrying (3/8)'],
    [
      { attempt: 2, of: 8, cause: 'no data for 60 s' },
      'network',
      'no data for 60 s, reconnecting (2/8)',
    ],
    [{ attempt: 2 }, 'network', 'reconnecting'],
    [{ of: 2 }, 'network', 'reconnecting'],
  ] as const)('%j after %s: %s', (wait, failure, words) => {
    expect(repetitionWords(wait, failure)).toBe(words);
  });

  it('names the time of its end, with the date when it is far away', () => {
    const end = '2026-03-04T14:05:00';
    expect(untilWords(end, 20 * 3_600_000 - 1)).toBe('until 14:05');
    expect(untilWords(end, 20 * 3_600_000)).toBe('until 4 Mar, 14:05');
    expect(untilWords('soon', 5)).toBe('');
  });
});

describe('names', () => {
  it.each([
    ['a/x.agent.md', true, 'a/x'],
    ['X.AGENT.MD', true, 'X'],
    ['x.agent.md.bak', false, 'x.agent.md.bak'],
    ['xagent.md', false, 'xagent.md'],
  ])('%s is an agent file: %s', (name, isOne, plain) => {
    expect(isAgentFileName(name)).toBe(isOne);
    expect(withoutAgentEnding(name)).toBe(plain);
  });

  it.each([
    ['a/x.prompts.md', 'many', 'a/x'],
    ['x.prompt.md', 'one', 'x'],
    ['x.prompts.md.bak', undefined, 'x.prompts.md.bak'],
    ['xprompt.md', undefined, 'xprompt.md'],
  ])('%s holds %s', (name, kind, plain) => {
    expect(promptFileKind(name)).toBe(kind);
    expect(withoutPromptEnding(name)).toBe(plain);
  });

  it('of answerers name the agent where one was chosen', () => {
    expect(answererWords({ provider: 'openai', model: 'm' })).toBe('openai m');
    expect(answererWords({ agent: 'a', provider: 'openai', model: 'm' })).toBe('a (openai m)');
  });
});

describe('a code block', () => {
  it.each([
    ['x', '```\nx\n```'],
    ['a`b', '```\na`b\n```'],
    ['a```b', '````\na```b\n````'],
    ['a\r\nb\r', '```\na\nb\n\n```'],
  ])('of %j has a fence of its own', (text, block) => {
    expect(codeBlock(text)).toBe(block);
  });

  it('names its language', () => {
    expect(codeBlock('x', 'json')).toBe('```json\nx\n```');
  });
});

describe('the message of anything that was thrown', () => {
  const unreadable = {
    toString: () => {
      throw new Error('No text.');
    },
  };

  it.each([
    [new Error('It broke.'), 'It broke.'],
    ['text', 'text'],
    [undefined, 'undefined'],
    [unreadable, ''],
  ])('%#', (thrown, message) => {
    expect(messageOf(thrown)).toBe(message);
  });
});
