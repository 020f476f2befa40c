import type { ModelInfo } from '../../../../src/core/providers/modelInfo.ts';
import type { ModelRequest, ModelTurn, Provider } from '../../../../src/core/providers/provider.ts';
import { noUsage } from '../../../../src/shared/usage.ts';
import { messageProblems } from '../../../support/faults/historyProblems.ts';
import { oneToken } from '../../../support/scriptedProvider.ts';

type Settle = (turn: ModelTurn | Error) => void;

/** A provider whose requests stay open until they are answered, in any order. */
export class ControlledProvider implements Provider {
  readonly id = 'demo' as const;
  readonly origin = 'http://127.0.0.1:1';
  readonly open: Settle[] = [];
  /** What was wrong with the histories that were sent. */
  readonly problems: string[] = [];
  /** Answers that were given, each of which costs `oneToken`. */
  answers = 0;
  mostOpen = 0;
  #calls: number;
  readonly #onRequest: (request: ModelRequest) => void;

  /** `calls` is the number of the last call that another one has asked for: ids never repeat. */
  constructor(calls = 0, onRequest: (request: ModelRequest) => void = () => undefined) {
    this.#calls = calls;
    this.#onRequest = onRequest;
  }

  /** The number of the last call that it has asked for. */
  get calls(): number {
    return this.#calls;
  }

  turn(request: ModelRequest, _: unknown, signal: AbortSignal): Promise<ModelTurn> {
    this.problems.push(...messageProblems(request.messages));
    this.#onRequest(request);
    return new Promise((resolve, reject) => {
      const take = (): void => {
        signal.removeEventListener('abort', onAbort);
        const place = this.open.indexOf(settle);
        if (place >= 0) this.open.splice(place, 1);
      };
      const onAbort = (): void => {
        take();
        reject(signal.reason);
      };
      const settle: Settle = (turn) => {
        take();
        if (turn instanceof Error) reject(turn);
        else resolve(turn);
      };
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      signal.addEventListener('abort', onAbort, { once: true });
      this.open.push(settle);
      this.mostOpen = Math.max(this.mostOpen, this.open.length);
    });
  }

  /** Answers an open request with a text, an empty one included, or with calls of a tool. */
  answer(which: number, text: string, calls: number, tool = 'wait'): void {
    const toolCalls = Array.from({ length: calls }, () => {
      this.#calls++;
      return { callId: `c${this.#calls}`, name: tool, input: { number: this.#calls } };
    });
    const message = { role: 'assistant', text, toolCalls, native: [] } as const;
    this.answers++;
    const stop = calls > 0 ? 'tool_calls' : 'final';
    this.#pick(which)?.({ message, stop, usage: oneToken });
  }

  fail(which: number, error: Error): void {
    this.#pick(which)?.(error);
  }

  /** What all answers so far have cost. */
  get cost(): typeof noUsage {
    const { inputTokens, outputTokens } = oneToken;
    const { answers } = this;
    return {
      ...noUsage,
      inputTokens: inputTokens * answers,
      outputTokens: outputTokens * answers,
    };
  }

  #pick(which: number): Settle | undefined {
    return this.open[which % this.open.length];
  }

  async listModels(): Promise<readonly ModelInfo[]> {
    return [];
  }

  dispose(): void {}
}
