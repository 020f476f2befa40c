import type { ProgramName } from './bundle.ts';
import { UsageError } from './options.ts';

/** A contender as chosen and shown: `interleave`, `raw`, `p-limit:20`, `http-floor`. */
export interface ContenderChoice {
  readonly name: string;
  readonly program: ProgramName;
  /** Max conversations at once; only for p-limit. */
  readonly parallel: number;
}

const plain: readonly ProgramName[] = ['interleave', 'raw', 'http-floor'];

/** Throws a `UsageError` for an unknown name. */
export function contenderOf(name: string): ContenderChoice {
  const limited = /^p-limit:([1-9]\d*)$/.exec(name);
  if (limited !== null) return { name, program: 'p-limit', parallel: Number(limited[1]) };
  const program = plain.find((known) => known === name);
  if (program !== undefined) return { name, program, parallel: 0 };
  throw new UsageError(
    `The contenders are ${plain.join(', ')} and p-limit:<number>, not "${name}".`,
  );
}
