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
  const commandLine = Object.hasOwn(commandLines, name) ? commandLines[name] : undefined;
  if (commandLine !== undefined) {
    return { name, program: commandLine, isCommandLine: true, parallel: 0 };
  }
  const known = [...served, ...Object.keys(commandLines)].join(', ');
  throw new UsageError(`The contenders are ${known} and p-limit:<number>, not "${name}".`);
}
