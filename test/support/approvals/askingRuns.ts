import * as z from 'zod';
import type { ApprovalRequest } from '../../../src/core/approvals/inbox/approvalRequest.ts';
import type { Inbox } from '../../../src/core/approvals/inbox/inbox.ts';
import type { RunRules } from '../../../src/core/approvals/runRules.ts';
import type { ToolEffect } from '../../../src/core/base/toolEffect.ts';
import type { ToolCall } from '../../../src/core/providers/message.ts';
import type { Run } from '../../../src/core/runner/run.ts';
import { Runner } from '../../../src/core/runner/runner.ts';
import type { RunRecorder } from '../../../src/core/runner/runPlan.ts';
import { defineTool } from '../../../src/core/tools/defineTool.ts';
import { createAskUserTool } from '../../../src/core/tools/questions/askUserTool.ts';
import type { Tool } from '../../../src/core/tools/tool.ts';
import type { RunEvent } from '../../../src/shared/conversationEvents.ts';
import { impatient, record, type TestAgentOptions, testAgent, testRun } from '../runs.ts';
import { promptOf, ScriptedProvider } from '../scriptedProvider.ts';
import { rulesOf, rulesOfRun } from './ruleFixtures.ts';

/** The tools of these tests, and what they ran with. */
export class AskingTools {
  readonly ran: unknown[] = [];

  readonly command = this.#tool('run_command', 'execute', z.strictObject({ command: z.string() }));
  readonly fetch = this.#tool('fetch_url', 'network', z.strictObject({ url: z.string() }));
  readonly write = this.#tool(
    'write_file',
    'write',
    z.strictObject({ path: z.string(), content: z.string() }),
  );
  readonly sum = this.#tool('sum_numbers', 'pure', z.strictObject({ terms: z.array(z.number()) }));

  get all(): readonly Tool[] {
    return [this.command, this.fetch, this.write, this.sum, createAskUserTool()];
  }

  #tool(name: string, effect: ToolEffect, inputSchema: z.ZodType): Tool {
    return defineTool({
      ...{ name, effect, inputSchema, description: `The tool ${name}.` },
      execute: async (input) => {
        this.ran.push(input);
        return `${name} ran`;
      },
    });
  }
}

let calls = 0;

/** A call of `run_command`. */
export function command(text: string, callId = `c${++calls}`): ToolCall {
  return { callId, name: 'run_command', input: { command: text } };
}

export function fetchUrl(url: string, callId = `c${++calls}`): ToolCall {
  return { callId, name: 'fetch_url', input: { url } };
}

/** A call of `ask_user` with these questions. */
export function question(...questions: readonly object[]): ToolCall {
  return { callId: `c${++calls}`, name: 'ask_user', input: { questions } };
}

export interface AskingRunOptions extends Omit<TestAgentOptions, 'tools'> {
  readonly prompts?: readonly string[];
  /** The text of the rules; called for each decision if it changes. */
  readonly rules?: string | (() => string);
  readonly isUnattended?: boolean;
  readonly runner?: Runner;
  readonly tools?: AskingTools;
  readonly concurrency?: number;
  readonly recorder?: RunRecorder;
}

export interface AskingRun {
  readonly run: Run;
  readonly inbox: Inbox;
  readonly runner: Runner;
  readonly events: readonly RunEvent[];
  readonly provider: ScriptedProvider;
  readonly tools: AskingTools;
}

/** Starts a run whose conversations make these calls in their first turn, and answer after it. */
export function startAsking(
  callsOf: readonly ToolCall[] | ((prompt: string, turn: number) => readonly ToolCall[]),
  options: AskingRunOptions = {},
): AskingRun {
  const { prompts = ['p'], rules, isUnattended = false, concurrency, recorder, ...agent } = options;
  const { runner = new Runner({ retry: impatient }), tools = new AskingTools(), ...spec } = agent;
  const asks = typeof callsOf === 'function' ? callsOf : firstTurn(callsOf);
  const provider = new ScriptedProvider((request, turn) => {
    const made = asks(promptOf(request), turn);
    return made.length > 0 ? { text: 'I need tools.', calls: made } : { text: 'the end' };
  });
  const run = testRun(testAgent(provider, { ...spec, tools: tools.all }), prompts, {
    ...{ runner, rules: rulesIn(rules, isUnattended) },
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(recorder === undefined ? {} : { recorder }),
  });
  const events = record(run);
  run.start();
  return { run, inbox: runner.inbox, runner, events, provider, tools };
}

function rulesIn(rules: AskingRunOptions['rules'], isUnattended: boolean): RunRules {
  if (typeof rules !== 'function') return rulesOfRun(rules, { isUnattended });
  return rulesOfRun('', { isUnattended, current: () => rulesOf(rules()) });
}

function firstTurn(made: readonly ToolCall[]) {
  return (_prompt: string, turn: number) => (turn === 1 ? made : []);
}

/** The ids of the requests that wait, of these calls only where they are named. */
export function idsOf(inbox: Inbox, callIds?: readonly string[]): readonly string[] {
  const isWanted = ({ callId }: ApprovalRequest): boolean => callIds?.includes(callId) ?? true;
  return inbox.requests().flatMap((request) => (isWanted(request) ? [request.id] : []));
}

/** The command lines of requests. */
export function commandsOf(requests: readonly ApprovalRequest[]): readonly unknown[] {
  return requests.map(({ input }) => (input as { readonly command?: string }).command);
}
