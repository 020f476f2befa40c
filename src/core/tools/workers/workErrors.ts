import { ToolError } from '../tool.ts';
import type { FromWorker, WorkKind } from './workerProtocol.ts';

/** What the model is told about work that was stopped. */
const stopTexts: {
  readonly [K in WorkKind]: { readonly tooLong: string; readonly tooMuchMemory: string };
} = {
  search: {
    tooLong:
      'The search took too long and was stopped. Narrow it by a path, a file pattern or a longer text.',
    tooMuchMemory: 'The search needed too much memory and was stopped. Narrow it.',
  },
  html: {
    tooLong: 'The HTML of the page took too long to read and was given up.',
    tooMuchMemory: 'The HTML of the page needed too much memory to read and was given up.',
  },
  tool: {
    tooLong: 'The tool took too long and was stopped.',
    tooMuchMemory: 'The tool needed too much memory and was stopped. Give it less to do.',
  },
};

export function tooLongError(kind: WorkKind): ToolError {
  return new ToolError(stopTexts[kind].tooLong);
}

/** The thread ended, although nobody stopped it. */
export function endedError(kind: WorkKind, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return new ToolError(stopTexts[kind].tooMuchMemory);
  return new Error('The tool worker ended unexpectedly.', { cause: error });
}

export function failedError(message: Extract<FromWorker, { type: 'failed' }>): Error {
  return message.forModel ? new ToolError(message.message) : new Error(message.message);
}

/** The error of work that nobody is there to do any more. */
export function closedError(): Error {
  return new Error('The tool workers were closed.');
}
