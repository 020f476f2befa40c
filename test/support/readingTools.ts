import { effectsOf, type ToolEffects } from '../../src/core/base/toolEffect.ts';

/** Tools of these names that only read. */
export function readingTools(names: readonly string[]): ToolEffects {
  return effectsOf(names.map((name) => ({ name, effect: 'read' })));
}
