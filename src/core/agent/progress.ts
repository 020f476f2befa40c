import type { ConversationStep, UnfinishedAnswer, Usage } from '../../shared/conversationEvents.ts';
import type { Message } from '../providers/message.ts';
import type { ModelTurn } from '../providers/provider.ts';
import { isLastTextInterim, lastText, textToGoOnFrom } from './goingOn.ts';
import type { Ending } from './nextStep.ts';

/** What a conversation has to show at its end. */
export interface FinalText {
  /** The final answer, or the last text there was when it ended early. */
  readonly answer: string;
  /** What that text is when it is no answer. */
  readonly answerIs?: UnfinishedAnswer;
}

/** After these steps the text of the turn under way is void, or part of the history. */
const endsPartial: ReadonlySet<ConversationStep['type']> = new Set([
  'turn.started',
  'turn.discarded',
  'turn.finished',
]);

/** What a conversation has reached so far. It survives whatever ends the conversation. */
export class Progress {
  /** Replaced, never pushed to: a request in flight keeps the list that it was sent with. */
  messages: readonly Message[];
  /** What a request that was aborted had cost, where that is known. */
  cutOff: Usage | undefined;
  #answer: string;
  /** Whether `#answer` was said on the way to an answer, and is none. */
  #isInterim: boolean;
  /** Text of turns that the provider paused; the next turn goes on with it. */
  #continued: string;
  /** Text of the turn under way. */
  #partial = '';
  /** Text of the last attempt, if it failed. */
  #broken = '';
  #firstTokenMs: number | undefined;

  constructor(messages: readonly Message[]) {
    this.messages = messages;
    this.#continued = textToGoOnFrom(messages);
    this.#answer = this.#continued || lastText(messages);
    this.#isInterim = isLastTextInterim(messages);
  }

  /** How many turns are complete. */
  get turns(): number {
    return this.messages.filter(({ role }) => role === 'assistant').length;
  }

  append(message: Message): void {
    this.messages = [...this.messages, message];
  }

  addTurn({ message, stop }: ModelTurn): void {
    this.append(message);
    const text = this.#continued + (message.answer ?? message.text);
    if (text.trim() !== '') {
      this.#answer = text;
      this.#isInterim = stop === 'tool_calls' || stop === 'continue';
    }
    this.#continued = stop === 'continue' ? text : '';
  }

  /** When the first token of the request under way arrived; undefined while none did. */
  get firstTokenMs(): number | undefined {
    return this.#firstTokenMs;
  }

  /** Follows the text of the turn under way. `atMs` is the time of the step. */
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

  /** The answer, or what there is instead of one: nothing that was received is lost from sight. */
  textAtEnd({ status }: Ending): FinalText {
    const answer = this.#answer;
    if (status === 'done') return { answer };
    const cut = this.#partial || (status === 'failed' ? this.#broken : '');
    if (cut.trim() !== '') return { answer: this.#continued + cut, answerIs: 'broken_off' };
    return this.#isInterim && answer !== '' ? { answer, answerIs: 'interim' } : { answer };
  }
}
