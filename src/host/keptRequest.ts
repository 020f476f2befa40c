import * as z from 'zod';
import { UserError } from '../core/base/errors.ts';
import type { EngineRunRequest } from './engine.ts';

/** As much of a request as its use depends on; the rest was checked when it was made. */
const requestShape = z.looseObject({
  title: z.string(),
  prompts: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      text: z.string(),
      options: z.looseObject({}),
    }),
  ),
  settings: z.looseObject({ provider: z.enum(['anthropic', 'openai', 'vscode', 'demo']) }),
  whenBlocked: z.enum(['pause', 'fail']),
});

/** Reads what a run was started with from its journal. Throws a `UserError` when it is not that. */
export function readRunRequest(definition: unknown): EngineRunRequest {
  const read = requestShape.safeParse(definition);
  // The journal holds what this program wrote, checksums and all; the shape tells other programs' runs.
  if (read.success) return read.data as unknown as EngineRunRequest;
  throw new UserError('This run was not started in VS Code, so it cannot go on here.');
}
