import { resultJsonSchema } from '../../src/core/export/resultSchema.ts';
import { withLimitRows } from './limitsPage.ts';
import { withContributions } from './manifest.ts';

/** A file of the repository that is written, as a whole or in part, from the source. */
interface GeneratedFile {
  /** Relative to the root. */
  readonly file: string;
  /** The text as it has to be; what is not generated stays as it is in the current one. */
  readonly generate: (current: string) => string;
}

export const generatedFiles: readonly GeneratedFile[] = [
  { file: 'package.json', generate: withContributions },
  { file: 'docs/limits.md', generate: withLimitRows },
  {
    file: 'docs/run-result.schema.json',
    generate: () => `${JSON.stringify(resultJsonSchema(), null, 2)}\n`,
  },
];
