import { type ChildProcess, fork } from 'node:child_process';
import { request } from 'node:http';
import path from 'node:path';
import { ROOT } from '../../scripts/root.ts';
import type { CoreCost } from '../contenders/coreCost.ts';
import type { FromContender, ToContender, Trial, TrialReport } from '../contenders/trial.ts';
import type { SimulatorSettings } from '../simulator/settings.ts';
import type { SimulatorStatistics } from '../simulator/statistics.ts';
import { type BundleOptions, type Bundles, bundlePrograms, type ProgramName } from './bundle.ts';
import { runWholeProcess, type WholeExit, type WholeProgram } from './wholeProcess.ts';

const certificates = path.join(ROOT, 'test/fixtures/certificates');
const simulatorArguments = ['server.pem', 'server.key'].map((name) =>
  path.join(certificates, name),
);

/** The file of the authority that signed the simulator's certificate. */
export const certificateAuthority = path.join(certificates, 'authority.pem');

/** Time for a process to load and report, on top of its work. */
const graceMs = 30_000;

/** A simulator in its own process. */
export interface SimulatorProcess {
  readonly url: string;
  /** The same over TLS, with a certificate of `certificateAuthority`. */
  readonly tlsUrl: string;
  reset(settings: SimulatorSettings): Promise<void>;
  statistics(): Promise<SimulatorStatistics>;
}

/** A contender that is ready. */
export interface ContenderProcess {
  /** Runs the trial once. Rejects when the process breaks, not when its conversations fail. */
  go(): Promise<TrialReport>;
  end(): void;
}

/** The processes of one benchmark. */
export interface Lab {
  readonly simulator: SimulatorProcess;
  readonly bundles: Bundles;
  /** Starts a process for a trial; resolves when it has loaded everything. */
  startContender(name: ProgramName, trial: Trial): Promise<ContenderProcess>;
  /** Runs a program from its start to its end, and measures the whole process. */
  runProgram(program: WholeProgram): Promise<WholeExit>;
  /** Measures the core without any network. */
  measureCoreCost(): Promise<CoreCost>;
}

/** Bundles the programs, starts a simulator, runs `work`, and always cleans up. */
export async function withLab(
  names: readonly ProgramName[],
  work: (lab: Lab) => Promise<void>,
  options?: BundleOptions,
): Promise<void> {
  const bundles = await bundlePrograms(['simulator', 'usage-reporter', ...names], options);
  const child = forkProgram(bundles, 'simulator', simulatorArguments);
  try {
    await work({
      simulator: await connect(child),
      bundles,
      runProgram: (program) => runWholeProcess(bundles.fileOf('usage-reporter'), program),
      startContender: (name, trial) => startContender(forkProgram(bundles, name), trial),
      measureCoreCost: () => measureCoreCost(forkProgram(bundles, 'core-cost')),
    });
  } finally {
    child.kill();
    await bundles.remove();
  }
}

async function connect(child: ChildProcess): Promise<SimulatorProcess> {
  const { url, tlsUrl } = await nextMessage<Pick<SimulatorProcess, 'url' | 'tlsUrl'>>(
    child,
    graceMs,
  );
  return {
    url,
    tlsUrl,
    reset: async (settings) => void (await call(`${url}/reset`, JSON.stringify(settings))),
    statistics: async () => JSON.parse(await call(`${url}/stats`)) as SimulatorStatistics,
  };
}

async function startContender(child: ChildProcess, trial: Trial): Promise<ContenderProcess> {
  const end = (): void => void child.kill('SIGKILL');
  try {
    const ready = nextMessage<FromContender>(child, graceMs);
    tell(child, { type: 'prepare', trial });
    expectType(await ready, 'ready');
  } catch (error) {
    end();
    throw error;
  }
  const go = async (): Promise<TrialReport> => {
    const done = nextMessage<FromContender>(child, trial.deadlineMs + graceMs);
    tell(child, { type: 'go' });
    return expectType(await done, 'done').report;
  };
  return { go, end };
}

async function measureCoreCost(child: ChildProcess): Promise<CoreCost> {
  try {
    return await nextMessage<CoreCost>(child, 4 * graceMs);
  } finally {
    child.kill();
  }
}

function forkProgram(
  bundles: Bundles,
  name: ProgramName,
  args: readonly string[] = [],
): ChildProcess {
  return fork(bundles.fileOf(name), args, {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

function tell(child: ChildProcess, message: ToContender): void {
  child.send(message);
}

function expectType<T extends FromContender['type']>(
  message: FromContender,
  type: T,
): Extract<FromContender, { readonly type: T }> {
  if (message.type === 'broken') throw new Error(message.message);
  if (message.type !== type) throw new Error(`expected ${type}, but heard ${message.type}`);
  return message as Extract<FromContender, { readonly type: T }>;
}

function nextMessage<T>(child: ChildProcess, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (conclude: () => void): void => {
      clearTimeout(timer);
      child.removeListener('message', onMessage);
      child.removeListener('exit', onExit);
      conclude();
    };
    const onMessage = (message: unknown): void => settle(() => resolve(message as T));
    const onExit = (code: number | null): void =>
      settle(() => reject(new Error(`the process exited with code ${code}`)));
    const timer = setTimeout(
      () => settle(() => reject(new Error(`no message for ${timeoutMs / 1000} s`))),
      timeoutMs,
    );
    child.on('message', onMessage);
    child.on('exit', onExit);
  });
}

/** A request on its own socket; a POST if there is a body. */
function call(url: string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const sent = request(url, { method, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
