import { mergeConfig } from 'vitest/config';
import config from './vitest.config.mts';

/**
 * Of a mutation run, which starts the tests of each mutant anew: they share one process and its modules, because
 * loading those takes longer than most tests.
 */
export default mergeConfig(config, { test: { isolate: false } });
