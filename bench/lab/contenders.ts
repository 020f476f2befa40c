import type { Protocol } from '../contenders/trial.ts';
import type { ProgramName } from './bundle.ts';
import { UsageError } from './options.ts';

/** A contender as chosen and shown: `interleave`, `cli`, `raw`, `p-limit:20`, `http-floor`. */
export interface ContenderChoice {
  readonly name: string;
  readonly program: ProgramName;
  /** The command line, which takes its task as arguments and files. The others talk to the bench. */
  readonly isCommandLine: boolean;
  /** Max conversations at once; only for p-limit. */
  readonly parallel: number;
  /** The protocols that it speaks; both when absent. */
  readonly protocols?: readonly Protocol[];
}

/** Programs of others, whose packages are installed on demand. */
export const peers: readonly ContenderChoice[] = [
  peer('anthropic-tool-runner', 'peer-anthropic-tool-runner', ['anthropic']),
  peer('openai-agents', 'peer-openai-agents', ['openai']),
  peer('vercel-ai', 'peer-vercel-ai'),
  peer('langchain', 'peer-langchain'),
  peer('pi', 'peer-pi'),
];

function peer(
  name: string,
  program: ProgramName,
  protocols: readonly Protocol[] = ['anthropic', 'openai'],
): ContenderChoice {
  return { name, program, isCommandLine: false, parallel: 0, protocols };
}

/** Those of the contenders that speak a protocol. */
export function speaking(
  contenders: readonly ContenderChoice[],
  protocol: Protocol,
): readonly ContenderChoice[] {
  return contenders.filter(({ protocols }) => protocols?.includes(protocol) ?? true);
}

const served: readonly ProgramName[] = ['interleave', 'raw', 'http-floor'];
const commandLines: { readonly [name: string]: ProgramName } = {
  cli: 'cli',
  'cli:no-journal': 'cli-no-journal',
};

/** Throws a `UsageError` for an unknown name. */
export function contenderOf(name: string): ContenderChoice {
  const limited = /^p-limit:([1-9]\d*)$/.exec(name);
  if (limited !== null) {
    return { name, program: 'p-limit', isCommandLine: false, parallel: Number(limited[1]) };
  }
  const program = served.find((known) => known === name);
  if (program !== undefined) return { name, program, isCommandLine: false, parallel: 0 };
  const known = peers.find((one) => one.name === name);
  if (known !== undefined) return known;
  const commandLine = Object.hasOwn(commandLines, name) ? commandLines[name] : undefined;
  if (commandLine !== undefined) {
    return { name, program: commandLine, isCommandLine: true, parallel: 0 };
  }
  const names = [...served, ...Object.keys(commandLines), ...peers.map((one) => one.name)];
  throw new UsageError(
    `The contenders are ${names.join(', ')} and p-limit:<number>, not "${name}".`,
  );
}
