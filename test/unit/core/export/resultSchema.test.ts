import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { resultJsonSchema, runResultSchema } from '../../../../src/core/export/resultSchema.ts';
import { toRunResult } from '../../../../src/shared/runResult.ts';
import { RunScript } from '../../../support/panel/runScript.ts';
import { answers, fails, starts } from '../../shared/steps.ts';

const published = new URL('../../../../docs/run-result.schema.json', import.meta.url);

function sample() {
  const call = { turn: 1, callId: 'a', name: 'sum_numbers' };
  const script = new RunScript({ prompts: [{ name: 'A' }, { name: 'B' }] })
    .steps(0, ...starts, { type: 'tool.started', ...call, input: { numbers: [1] } })
    .steps(0, { type: 'tool.finished', ...call, output: '1', isError: false }, ...answers('1', 2))
    .steps(1, ...starts, ...fails)
    .finish();
  return JSON.parse(JSON.stringify(toRunResult(script.state())));
}

describe('the published format of a result', () => {
  it('matches the schema that results are validated with; `npm run generate` writes it', async () => {
    expect(JSON.parse(await readFile(published, 'utf8'))).toEqual(resultJsonSchema());
  });

  it('accepts results, including those of later versions with more fields', async () => {
    const schema = z.fromJSONSchema(JSON.parse(await readFile(published, 'utf8')));
    const result = sample();
    expect(schema.safeParse(result).error).toBeUndefined();
    const later = { ...result, more: 1, usage: { ...result.usage, audioTokens: 3 } };
    expect(schema.safeParse(later).error).toBeUndefined();
  });

  it.each([
    ['another version', { schema: 'interleave/run@2' }],
    ['an unknown state', { state: 'running' }],
    ['no conversations', { conversations: undefined }],
    ['negative counts', { counts: { total: -1, done: 0, failed: 0, stopped: 0, cancelled: 0 } }],
    ['a percentage above 100', { savedPercent: 101 }],
    ['a conversation that has not ended', { conversations: [{ status: 'running' }] }],
  ])('rejects %s', async (_, wrong) => {
    const schema = z.fromJSONSchema(JSON.parse(await readFile(published, 'utf8')));
    const result = JSON.parse(JSON.stringify({ ...sample(), ...wrong }));
    expect(schema.safeParse(result).success).toBe(false);
    expect(runResultSchema.safeParse(result).success).toBe(false);
  });
});
