import type { ConversationStep } from '../../shared/conversationEvents.ts';
import type { UnfinishedAnswer } from '../../shared/outcome.ts';
import type { Usage } from '../../shared/usage.ts';
import type { Message } from '../providers/message.ts';
import { countTurns } from '../providers/message.ts';
import type { ModelTurn } from '../providers/provider.ts';
import { isLastTextInterim, lastText, textToContinue } from './continuation.ts';
import type { Ending } from './nextStep.ts';

/** The text of a conversation at its end. */
export interface FinalText {
  /** The final answer, or the last text when the conversation ended early. */
  readonly answer: string;
  /** The kind of the text when it is not a final answer. */
  readonly answerIs?: UnfinishedAnswer;
}

/** After these steps the text of the current turn is discarded or part of the history. */
const endsPartial: ReadonlySet<ConversationStep['type']> = new Set([
  'turn.started',
  'turn.discarded',
  'turn.finished',
]);

/** The messages and texts of a conversation so far. They remain valid however the conversation ends. */
export class Progress {
  /** The list is replaced, never changed, because a request in flight still uses the old one. */
  messages: readonly Message[];
  /** The usage of an aborted request, if it is known. */
  cutOff: Usage | undefined;
  #answer: string;
  /** Whether `#answer` is interim text, which came with tool calls. */
  #isInterim: boolean;
  /** Text of turns that the provider paused. The next turn continues it. */
  #continued: string;
  /** Text of the current turn. */
  #partial = '';
  /** Text of the last attempt, if it failed. */
  #broken = '';
  #firstTokenMs: number | undefined;

  constructor(messages: readonly Message[]) {
    this.messages = messages;
    this.#continued = textToContinue(messages);
    this.#answer = this.#continued || lastText(messages);
    this.#isInterim = isLastTextInterim(messages);
  }

  /** The number of complete turns. */
  get turns(): number {
    return countTurns(this.messages);
  }

  /** Adds a message. */
  append(message: Message): void {
    this.messages = [...this.messages, message];
  }

  /** Adds a complete turn. */
  addTurn({ message, stop }: ModelTurn): void {
    this.append(message);
    const text = this.#continued + (message.answer ?? message.text);
    if (text.trim() !== '') {
      this.#answer = text;
      this.#isInterim = stop === 'tool_calls' || stop === 'continue';
    }
    this.#continued = stop === 'continue' ? text : '';
  }

  /** When the first token of the current request arrived; undefined before that. */
  get firstTokenMs(): number | undefined {
    return this.#firstTokenMs;
  }

  /** Follows the text of the current turn. `atMs` is the time of the step. */
  follow(step: ConversationStep, atMs: number): void {
    if (step.type === 'turn.delta' || step.type === 'turn.thinking') this.#firstTokenMs ??= atMs;
    if (step.type === 'turn.delta') {
      this.#partial += step.text;
      return;
    }
    if (!endsPartial.has(step.type)) return;
    this.#firstTokenMs = undefined;
    this.#broken = step.type === 'turn.discarded' ? this.#partial || this.#broken : '';
    this.#partial = '';
  }

  /** The answer, or the text received instead of one. */
  textAtEnd({ status }: Ending): FinalText {
    const answer = this.#answer;
    if (status === 'done') return { answer };
    const cut = this.#partial || (status === 'failed' ? this.#broken : '');
    if (cut.trim() !== '') return { answer: this.#continued + cut, answerIs: 'broken_off' };
    return this.#isInterim && answer !== '' ? { answer, answerIs: 'interim' } : { answer };
  }
}
