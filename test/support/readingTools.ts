import type { OfferedTools } from '../../src/core/base/toolEffect.ts';

/** Tools of these names that conversations get without naming them. */
export function readingTools(names: readonly string[]): OfferedTools {
  return new Map(names.map((name) => [name, { isUnasked: true }]));
}
