// The project's core, set up as the command line does it.
import { setTimeout as sleep } from 'node:timers/promises';
import { ruleSystemOf } from '../../src/core/approvals/rules/ruleSystem.ts';
import { knownTools } from '../../src/core/approvals/rules/ruleTools.ts';
import { defaultLimitValues } from '../../src/core/base/limits.ts';
import { Redactor } from '../../src/core/base/redact.ts';
import { createAnthropicProvider } from '../../src/core/providers/anthropic/provider.ts';
import { createOpenAiProvider } from '../../src/core/providers/openai/provider.ts';
import type { Provider } from '../../src/core/providers/provider.ts';
import { planRun } from '../../src/core/runner/planRun.ts';
import type { Run } from '../../src/core/runner/run.ts';
import { Runner } from '../../src/core/runner/runner.ts';
import type { RunRequest } from '../../src/core/runner/runRequest.ts';
import { createArithmeticTools } from '../../src/core/tools/arithmetic/arithmeticTools.ts';
import type { Tool } from '../../src/core/tools/tool.ts';
import { callsPerRound, promptOf } from '../workload/workload.ts';
import { serve } from './serve.ts';
import { type Recorder, type Trial, trialKey, trialMaxTokens, trialModels } from './trial.ts';

const toolNames: readonly string[] = ['sum_numbers', 'multiply_numbers'];

async function runTrial(trial: Trial, recorder: Recorder): Promise<void> {
  const provider = createProvider(trial);
  const redactor = new Redactor();
  redactor.add(trialKey);
  const runner = new Runner({ redactor, onListenerError: (error) => console.error(error) });
  const runs: Promise<unknown>[] = [];
  // A run has a max number of prompts. Several runs share the runner's limiter.
  for (let first = 0; first < trial.conversations; first += defaultLimitValues.conversations) {
    const count = Math.min(defaultLimitValues.conversations, trial.conversations - first);
    const run = await createRun({ runner, provider, trial, recorder, first, count });
    run.start();
    runs.push(run.ended());
  }
  await Promise.all(runs);
  provider.dispose();
}

function createProvider({ protocol, url, idleTimeoutMs }: Trial): Provider {
  const options = { apiKey: trialKey, baseUrl: url, idleTimeoutMs };
  const create = protocol === 'anthropic' ? createAnthropicProvider : createOpenAiProvider;
  // The simulator stands in for a vendor's server, not for a local one.
  return { ...create(options), isLocal: false };
}

interface RunParts {
  readonly runner: Runner;
  readonly provider: Provider;
  readonly trial: Trial;
  readonly recorder: Recorder;
  readonly first: number;
  readonly count: number;
}

async function createRun(parts: RunParts): Promise<Run> {
  const { runner, provider, trial, recorder, first, count } = parts;
  const tools = createArithmeticTools()
    .filter(({ name }) => toolNames.includes(name))
    .map((tool) => counted(tool, trial, recorder));
  const prompts = Array.from({ length: count }, (_, place) => ({
    id: `bench#${first + place}`,
    name: `Conversation ${first + place}`,
    text: promptOf(first + place),
    options: {},
  }));
  const request: RunRequest = {
    title: 'bench',
    prompts,
    settings: {
      provider: trial.protocol,
      model: trialModels[trial.protocol],
      agent: '',
      reasoningEffort: 'default',
      systemPrompt: trial.system,
      tools: [],
      toolExecution: 'serial',
      cpuTools: 'auto',
      concurrency: trial.concurrency,
      mode: 'concurrent',
      failure: 'keepPartial',
      warmUpCache: true,
      limits: { ...defaultLimitValues, maxTokens: trialMaxTokens },
    },
    interactive: false,
  };
  const place = { program: { name: 'bench', version: '0' }, folders: [] };
  const { protocol } = trial;
  const plan = await planRun(request, {
    provider: protocol,
    place,
    tools,
    rules: { current: () => [], tools: knownTools(tools), system: ruleSystemOf('linux') },
    resolve: () => provider,
  });
  const run = runner.createRun(plan);
  run.onEvent((event) => {
    if (event.type !== 'conversation.finished') return;
    const { status, reason, answer, error } = event;
    const outcome = status === 'done' ? { answer } : { error: error?.message ?? reason };
    recorder.ended(first + event.conversation, outcome);
  });
  return run;
}

function counted(tool: Tool, { toolMs = 0 }: Trial, recorder: Recorder): Tool {
  return {
    ...tool,
    execute: async (input, context) => {
      recorder.toolRan();
      // The calls of a turn run one after another.
      if (toolMs > 0) await sleep(toolMs / callsPerRound);
      return await tool.execute(input, context);
    },
  };
}

serve(runTrial);
