import type { ConversationEvent, RunEvent } from '../../shared/conversationEvents.ts';
import { isConversationEvent } from '../../shared/conversationEvents.ts';
import type { ConversationState } from '../../shared/conversationState.ts';
import { withoutFile } from '../../shared/promptId.ts';
import { formatClock } from '../../shared/quantities.ts';
import type { RunState } from '../../shared/runState.ts';
import { redactSecrets } from '../base/redact.ts';
import { clipEnd, visibleText } from '../base/text.ts';
import { maxLogLine, turnColumn, wordsOfConversationEvent, wordsOfRunEvent } from './logWords.ts';

/** Max width of the name column, which is as wide as the longest name. */
const maxNameColumn = 24;

/** Max length of a name that is searched for secrets; names in prompt files are shorter. */
const maxName = 200;

/**
 * Formats the events of a run as log lines: one line for each event, in fixed columns. Every line starts with
 * time, run and conversation, so that interleaved lines stay readable and searchable. Text from models and tools
 * cannot start a line of its own or imitate one.
 */
export class RunLog {
  readonly #run: RunState;
  readonly #nameWidth: number;
  readonly #order: 'interleaved' | 'grouped';
  readonly #held = new Map<number, string[]>();

  /** With `grouped`, the lines of a conversation are held back until it has ended. */
  constructor(run: RunState, order: 'interleaved' | 'grouped') {
    this.#run = run;
    this.#order = order;
    const widths = run.conversations.map((conversation) => shortName(conversation).length);
    this.#nameWidth = Math.min(maxNameColumn, Math.max(3, ...widths));
  }

  /** The lines to write for an event that `run` already contains; often none. */
  lines(event: RunEvent): readonly string[] {
    if (!isConversationEvent(event)) return [this.#runLine(event)];
    const line = this.#conversationLine(event);
    if (this.#order === 'interleaved') return line === undefined ? [] : [line];
    const held = this.#held.get(event.conversation) ?? [];
    if (line !== undefined) held.push(line);
    this.#held.set(event.conversation, held);
    if (event.type !== 'conversation.finished' || event.within !== undefined) return [];
    this.#held.delete(event.conversation);
    return held;
  }

  #runLine(event: Exclude<RunEvent, ConversationEvent>): string {
    const total = this.#run.conversations.length;
    const column = `${`all/${total}`.padEnd(this.#indexWidth())} ${''.padEnd(this.#nameWidth)}`;
    const atMs = event.type === 'run.started' ? 0 : event.atMs;
    return this.#compose(atMs, `${column}     `, wordsOfRunEvent(this.#run, event));
  }

  #conversationLine(event: ConversationEvent): string | undefined {
    const conversation = this.#run.conversations[event.conversation];
    if (conversation === undefined) return undefined;
    const text = wordsOfConversationEvent(conversation, event);
    if (text === undefined) return undefined;
    const digits = String(this.#run.conversations.length).length;
    const index = `p${String(event.conversation + 1).padStart(digits, '0')}`;
    const position = `${index}/${this.#run.conversations.length}`.padEnd(this.#indexWidth());
    const name = clipEnd(shortName(conversation), this.#nameWidth).padEnd(this.#nameWidth);
    const turn = turnColumn(event);
    return this.#compose(event.atMs, `${position} ${name}  ${turn.padEnd(3)}`, text);
  }

  #indexWidth(): number {
    return 2 * String(this.#run.conversations.length).length + 3;
  }

  #compose(atMs: number, column: string, text: string): string {
    const prefix = `${formatClock(atMs)}  r${this.#run.started.number}  ${column} `;
    // Clipped before the search, because text that is not shown need not be searched. It is clipped to twice the
    // shown length, so that a secret at the end of the shown text is recognised.
    const safe = redactSecrets(clipEnd(text, 2 * maxLogLine));
    return clipEnd(prefix + shownText(clipEnd(safe, maxLogLine)), maxLogLine);
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for control characters.
const terminalStart = /[\u001b\u0080-\u009f]/;

/**
 * Redacted text on one line, without terminal sequences. Removing a sequence joins the text around it, which can
 * complete a secret, so such a text is redacted again.
 */
function shownText(safe: string): string {
  const shown = visibleText(safe);
  return terminalStart.test(safe) ? redactSecrets(shown) : shown;
}

/** The part of a conversation's id that is unique within its file. */
function shortName({ id }: ConversationState): string {
  return shownText(redactSecrets(clipEnd(withoutFile(id), maxName)));
}
