// The project's core, set up as the command line does it.
import { defaultLimits } from '../../src/core/agent/agentSpec.ts';
import { Redactor } from '../../src/core/base/redact.ts';
import { createAnthropicProvider } from '../../src/core/providers/anthropic/provider.ts';
import { createOpenAiProvider } from '../../src/core/providers/openai/provider.ts';
import type { Provider } from '../../src/core/providers/provider.ts';
import { type AgentDefaults, maxConversations, planRun } from '../../src/core/runner/planRun.ts';
import type { Run } from '../../src/core/runner/run.ts';
import { Runner } from '../../src/core/runner/runner.ts';
import { createArithmeticTools } from '../../src/core/tools/arithmetic/arithmeticTools.ts';
import type { Tool } from '../../src/core/tools/tool.ts';
import { promptOf } from '../workload/workload.ts';
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
  for (let first = 0; first < trial.conversations; first += maxConversations) {
    const count = Math.min(maxConversations, trial.conversations - first);
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
  const defaults: AgentDefaults = {
    provider: trial.protocol,
    model: trialModels[trial.protocol],
    systemPrompt: trial.system,
    tools: createArithmeticTools()
      .filter(({ name }) => toolNames.includes(name))
      .map((tool) => counted(tool, recorder)),
    toolExecution: 'serial',
    limits: { ...defaultLimits, maxOutputTokens: trialMaxTokens },
  };
  const prompts = Array.from({ length: count }, (_, place) => ({
    id: `bench#${first + place}`,
    name: `Conversation ${first + place}`,
    text: promptOf(first + place),
    options: {},
  }));
  const plan = await planRun(
    prompts,
    defaults,
    {
      title: 'bench',
      mode: 'concurrent',
      failure: 'keepPartial',
      concurrency: trial.concurrency,
      whenBlocked: 'fail',
      warmUpCache: true,
    },
    () => provider,
  );
  const run = runner.createRun(plan);
  run.onEvent((event) => {
    if (event.type !== 'conversation.finished') return;
    const { status, reason, answer, error } = event;
    const outcome = status === 'done' ? { answer } : { error: error?.message ?? reason };
    recorder.ended(first + event.conversation, outcome);
  });
  return run;
}

function counted(tool: Tool, recorder: Recorder): Tool {
  return {
    ...tool,
    execute: (input, context) => {
      recorder.toolRan();
      return tool.execute(input, context);
    },
  };
}

serve(runTrial);
