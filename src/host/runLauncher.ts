import * as vscode from 'vscode';
import type { ProviderId } from '../core/providers/provider.ts';
import type { RunPlan } from '../core/runner/runPlan.ts';
import type { RunRequest } from '../core/runner/runRequest.ts';
import { formatCost } from '../shared/cost.ts';
import { formatCount, plural } from '../shared/quantities.ts';
import type { RunResult } from '../shared/runResult.ts';
import type { Configuration } from './configuration.ts';
import { commands } from './contributionIds.ts';
import type { Engine } from './engine.ts';
import { HostError } from './hostError.ts';
import type { LastRun } from './lastRun.ts';
import type { Lazy } from './lazy.ts';
import type { Log } from './log.ts';
import { askModal } from './messages.ts';
import type { Notices } from './notices.ts';
import type { ResultsRequests } from './resultsRequests.ts';
import type { HostRun, RunService } from './runService.ts';
import { noRunsWithoutTrust, requireTrust } from './trust.ts';

/** What `RunLauncher` needs. `memory` is the global state: it stores that the user accepted the demo model. */
export interface LauncherOptions {
  readonly engine: Lazy<Engine>;
  readonly runs: RunService;
  readonly configuration: Configuration;
  readonly log: Log;
  readonly results: ResultsRequests;
  readonly last: LastRun;
  readonly memory: vscode.Memento;
  readonly notices: Notices;
}

type Estimate = ReturnType<Engine['estimate']>;

const demoAcceptedKey = 'interleave.demoAccepted';

/** The id of the question that asks for a key. It is out of date when one is set. */
export const noKeyNotice = 'no key';

/** Starts every run of the window: checks trust and key, plans, asks for confirmation, then starts. */
export class RunLauncher {
  readonly #options: LauncherOptions;

  constructor(options: LauncherOptions) {
    this.#options = options;
  }

  /**
   * Starts a run and resolves when it has started. Resolves with undefined when the user declined it, or its
   * token was cancelled before it started. Shows the results of interactive runs. Rejects with an error for the
   * user when the run cannot start; nothing was sent then.
   */
  async launch(asked: RunRequest, token?: vscode.CancellationToken): Promise<HostRun | undefined> {
    requireTrust(noRunsWithoutTrust);
    const { configuration, last, log, results, runs } = this.#options;
    const engine = await this.#options.engine.get();
    const { request, remarks } = await engine.withAgents(asked);
    for (const line of remarks) log.note(line);
    const { interactive, settings } = request;
    const provider = await this.#chooseProvider(engine, settings.provider);
    if (provider === undefined) return undefined;
    const plan = await engine.planRun(request, provider);
    const confirmed = !interactive || (await this.#confirmed(engine.estimate(plan), plan));
    if (!confirmed || token?.isCancellationRequested) return undefined;
    const run = await engine.createRun(plan, request);
    last.remember(run.id, request);
    const runLog = engine.createRunLog(run.state, configuration.logOrder());
    log.follow(run, (event) => runLog.lines(event));
    const started = runs.start(run);
    if (interactive) results.show({ runId: run.id, keepsFocus: true });
    if (token !== undefined) cancelWith(token, started);
    return started;
  }

  /** Starts a run and waits for its end. Undefined for a request that the user has withdrawn. */
  async run(
    request: RunRequest | undefined,
    token?: vscode.CancellationToken,
  ): Promise<RunResult | undefined> {
    return request && (await this.launch(request, token))?.ended();
  }

  /** `auto` is the first provider that is ready, else the demo model if the user agrees. */
  async #chooseProvider(
    engine: Engine,
    setting: ProviderId | 'auto',
  ): Promise<ProviderId | undefined> {
    if (setting !== 'auto') {
      const readiness = await engine.readiness(setting);
      if (readiness.kind === 'ready') return setting;
      throw new HostError(readiness.message, [setKeyAction]);
    }
    for (const id of ['anthropic', 'openai'] as const) {
      if ((await engine.readiness(id)).kind === 'ready') return id;
    }
    return (await this.#demoAccepted()) ? 'demo' : undefined;
  }

  async #demoAccepted(): Promise<boolean> {
    const { memory, notices } = this.#options;
    if (memory.get<boolean>(demoAcceptedKey) === true) return true;
    const use = 'Use Demo Model';
    const setKey = 'Set API Key…';
    const choice = await notices.ask({
      id: noKeyNotice,
      severity: 'information',
      text: 'No API key is set. You can use the built-in demo model without a key: it does arithmetic with real tool calls, and its answers are simulated.',
      choices: [use, setKey],
    });
    if (choice === setKey) await vscode.commands.executeCommand(commands.setApiKey);
    if (choice !== use) return false;
    await memory.update(demoAcceptedKey, true);
    return true;
  }

  /** Asks for confirmation of a large run, with the minimum input that it will send. */
  async #confirmed(estimate: Estimate, { items, agent }: RunPlan): Promise<boolean> {
    const prompts = items.length;
    if (prompts <= this.#options.configuration.confirmAbove()) return true;
    const { inputTokens, costUsd, pricesDate } = estimate;
    const least = `at least ${formatCount(inputTokens)} tokens of input${costWords(costUsd, pricesDate)}`;
    const choice = await askModal(
      `Run ${plural(prompts, 'prompt')} at the same time with ${answerers(items, agent)}?`,
      `Each prompt becomes a conversation. Their first requests send ${least}. Answers, tool results and further turns add to that. You can change when this question appears with the setting interleave.confirmAbove.`,
      ['Run'],
    );
    return choice === 'Run';
  }
}

function cancelWith(token: vscode.CancellationToken, run: HostRun): void {
  const listening = token.onCancellationRequested(() => run.cancel());
  // It may have been cancelled while the run was created.
  if (token.isCancellationRequested) run.cancel();
  void run.ended().then(() => listening.dispose());
}

/** Model and provider of all prompts; their number where there are several. */
function answerers(items: RunPlan['items'], agent: RunPlan['agent']): string {
  const all = items.map(({ planned: { provider, model } }) => `${model} (${provider})`);
  const different = [...new Set(all)];
  if (different.length > 2) return `${different.length} models`;
  return different.length === 0 ? `${agent.model} (${agent.provider})` : different.join(' and ');
}

/** The input cost in brackets; empty if it is free. */
function costWords(dollars: number | null, pricesDate: string): string {
  if (dollars === 0) return '';
  if (dollars === null) return ' (cost unknown)';
  return ` (${formatCost(dollars)} by the list prices of ${pricesDate})`;
}

const setKeyAction = { title: 'Set API Key…', command: commands.setApiKey };
