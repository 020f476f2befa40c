import { type OfferedTools, offeredTools } from '../../src/core/base/toolEffect.ts';

/** Tools of these names that only read. */
export function readingTools(names: readonly string[]): OfferedTools {
  return offeredTools(names.map((name) => ({ name, effect: 'read' })));
}
