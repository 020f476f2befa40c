import variant from '@jitl/quickjs-singlefile-cjs-release-sync';
import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten-core';
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core';
import { formatInteger } from '../../../shared/quantities.ts';
import { clipEnd } from '../../base/text.ts';
import { ToolError } from '../tool.ts';
import { type ScriptLimits, scriptLimits } from './scriptLimits.ts';
import { scriptPrelude } from './scriptPrelude.ts';

/** Less than what the interpreter itself has, so that a deep recursion is an error of the script. */
const maxStackBytes = 256 * 1024;

/** What the interpreter throws when its time is up. */
const interrupted = 'interrupted';

/**
 * Runs a script in an interpreter of its own: no other script has used its memory. Throws a `ToolError` when the
 * script throws, takes too long or needs too much memory. It blocks: it is meant for a worker thread.
 */
export async function runScript(
  code: string,
  limits: ScriptLimits = scriptLimits,
): Promise<string> {
  const output = new ScriptOutput(limits.outputLength);
  const module = await newQuickJSWASMModuleFromVariant(variant);
  const untilMs = performance.now() + limits.ms;
  try {
    const runtime = module.newRuntime({
      memoryLimitBytes: limits.memoryMB * 1_000_000,
      maxStackSizeBytes: maxStackBytes,
      interruptHandler: () => performance.now() > untilMs,
    });
    // Neither runtime nor context is freed: all of the interpreter's memory goes with the module.
    return evaluate(runtime.newContext(), code, { output, untilMs });
  } catch (error) {
    if (error instanceof ToolError) throw error;
    throw scriptError(failureText(error, untilMs, limits), output);
  }
}

/** What a script has printed, up to a limit. */
class ScriptOutput {
  readonly #lines: string[] = [];
  readonly maxLength: number;
  #length = 0;
  #dropped = 0;

  constructor(maxLength: number) {
    this.maxLength = maxLength;
  }

  /** Keeps what of a line there is room for. */
  add(line: string): void {
    const room = this.maxLength - this.#length;
    this.#length += line.length + 1;
    if (room > 0) this.#lines.push(clipEnd(line, room));
    else this.#dropped += 1;
  }

  /** The lines with what the script came to below them. */
  with(ending: string): string {
    const lines = [...this.#lines];
    if (this.#dropped > 0) {
      lines.push(`[… ${formatInteger(this.#dropped)} more lines were printed and are left out …]`);
    }
    return [...lines, ...(ending === '' ? [] : [ending])].join('\n');
  }
}

interface Evaluation {
  readonly output: ScriptOutput;
  /** Of `performance.now()`. */
  readonly untilMs: number;
}

function evaluate(context: QuickJSContext, code: string, { output, untilMs }: Evaluation): string {
  const show = installConsole(context, output);
  const result = context.evalCode(code, 'script.js', { type: 'global' });
  if (result.error !== undefined) throw thrownError(context, result.error, show, output);
  const jobs = context.runtime.executePendingJobs();
  if (jobs.error !== undefined) throw thrownError(context, jobs.error, show, output);
  if (performance.now() > untilMs) throw new Error(interrupted);
  const value = settled(context, result.value, show, output);
  const isNothing = context.typeof(value) === 'undefined';
  const text = isNothing ? '' : `=> ${shownText(context, value, show)}`;
  const whole = output.with(text);
  return whole === '' ? 'The script printed nothing, and its last expression has no value.' : whole;
}

/** What a promise was fulfilled with; other values as they are. */
function settled(
  context: QuickJSContext,
  value: QuickJSHandle,
  show: QuickJSHandle,
  output: ScriptOutput,
): QuickJSHandle {
  const state = context.getPromiseState(value);
  if (state.type === 'fulfilled') return state.value;
  if (state.type === 'rejected') throw thrownError(context, state.error, show, output);
  throw scriptError(
    'The value is a promise that nothing settles: there are no timers and no network.',
    output,
  );
}

/** Gives the script its console. Returns the function that shows a value as text. */
function installConsole(context: QuickJSContext, output: ScriptOutput): QuickJSHandle {
  const print = context.newFunction('print', (line) => output.add(context.getString(line)));
  const prelude = context.unwrapResult(context.evalCode(scriptPrelude, 'prelude.js'));
  const maxLength = context.newNumber(output.maxLength);
  return context.unwrapResult(context.callFunction(prelude, context.undefined, print, maxLength));
}

function shownText(context: QuickJSContext, value: QuickJSHandle, show: QuickJSHandle): string {
  const shown = context.callFunction(show, context.undefined, value);
  return context.getString(context.unwrapResult(shown));
}

function thrownError(
  context: QuickJSContext,
  thrown: QuickJSHandle,
  show: QuickJSHandle,
  output: ScriptOutput,
): ToolError {
  const text = shownText(context, thrown, show);
  if (text.includes(`InternalError: ${interrupted}`)) throw new Error(interrupted);
  return scriptError(`The script threw: ${clipEnd(text, 2_000)}`, output);
}

function scriptError(text: string, output: ScriptOutput): ToolError {
  return new ToolError(output.with(text));
}

function failureText(error: unknown, untilMs: number, { ms, memoryMB }: ScriptLimits): string {
  if (performance.now() > untilMs) {
    return `The script did not end within ${ms / 1000} s and was stopped. Give it less to do.`;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (/memory|allocat/i.test(message)) {
    return `The script needed more than ${memoryMB} MB and was stopped. Give it less to do.`;
  }
  if (/call stack/i.test(message)) return 'The values of the script are nested too deeply.';
  return `The interpreter gave up: ${clipEnd(message, 200)}`;
}
