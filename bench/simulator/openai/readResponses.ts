import { conversationOf } from '../../workload/workload.ts';
import { type IssuedTurns, replayProblem } from '../issuedTurns.ts';
import type { JsonObject } from '../json.ts';
import type { PromptPart, ReadRequest } from '../readRequest.ts';
import { checkBody, echoText, prefixText, toolParts } from './body.ts';
import { itemOf, itemType, textOf } from './items.ts';
import { refuse } from './refuse.ts';

/**
 * Checks a Responses API request as strictly as the API. Two checks are stricter: outputs must be
 * in the order of their calls, and the model's turns must come back exactly as sent. Throws a
 * `RequestRefusal`.
 */
export function readResponsesRequest(body: JsonObject, issued: IssuedTurns): ReadRequest {
  checkBody(body);
  const { instructions } = body;
  const shared = [
    ...toolParts(body),
    {
      text: typeof instructions === 'string' ? instructions : '',
      mark: systemMark,
      breakpoint: false,
    },
  ];
  const { parts, ...input } = new InputReader(issued).read(body.input);
  return {
    ...input,
    model: body.model as string,
    parts: [...shared, ...parts],
    cacheNamespace: `openai ${body.model} ${body.prompt_cache_key ?? ''}`,
    prefix: prefixText(body, [...shared, ...parts.filter(({ mark }) => mark === systemMark)]),
    echo: echoText(body),
  };
}

/** Marks the system prompt: the instructions, or a message before the user's. */
const systemMark = 'system';

type ReadInput = Pick<ReadRequest, 'conversation' | 'results' | 'newCallIds' | 'parts'>;

/** Reads the input items: the prompt, then for each turn the model's items and the outputs. */
class InputReader {
  readonly #issued: IssuedTurns;
  readonly #parts: PromptPart[] = [];
  readonly #results: string[] = [];
  readonly #seen = new Set<string>();
  #conversation = -1;
  #round = 0;
  /** Items of the current turn, in the form used for comparing. */
  #turn: string[] = [];
  /** The turn's calls; those before `#answered` have their outputs. */
  #asked: string[] = [];
  #answered = 0;

  constructor(issued: IssuedTurns) {
    this.#issued = issued;
  }

  read(input: unknown): ReadInput {
    if (!Array.isArray(input) || input.length === 0) {
      refuse("Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
    }
    for (const [index, item] of input.entries()) this.#readItem(item, `input[${index}]`);
    this.#requireAnswers();
    if (this.#turn.length > 0 && this.#answered === 0) {
      refuse("The input must not end with the model's turn.", 'input');
    }
    return {
      conversation: this.#conversation,
      results: this.#results,
      newCallIds: this.#asked,
      parts: this.#parts,
    };
  }

  #readItem(item: unknown, at: string): void {
    const type = itemType(item, at);
    const object = item as JsonObject;
    switch (type) {
      case 'message':
        this.#readMessage(object, at);
        return;
      case 'reasoning':
        this.#beginTurn();
        this.#turn.push(itemOf(object));
        this.#add('', `${object.id} ${object.encrypted_content}`);
        return;
      case 'function_call':
        this.#readCall(object, at);
        return;
      default:
        this.#readOutput(object, at);
    }
  }

  #readMessage(item: JsonObject, at: string): void {
    const isSystem = item.role === 'system' || item.role === 'developer';
    if (isSystem && this.#parts.length === 0) {
      this.#add(textOf(item.content, `${at}.content`), systemMark);
      return;
    }
    if (item.role !== 'user' || this.#conversation >= 0) {
      refuse(`'${at}': the workload has one message, the user's prompt.`, at, 'invalid_value');
    }
    const text = textOf(item.content, `${at}.content`);
    this.#conversation =
      conversationOf(text) ?? refuse(`'${at}': this is no prompt of the workload.`, at);
    this.#add(text, 'user');
  }

  #readCall(item: JsonObject, at: string): void {
    if (this.#answered > 0 || this.#turn.length === 0) {
      refuse(`'${at}' was provided without its required 'reasoning' item.`, 'input');
    }
    const callId = String(item.call_id);
    if (this.#seen.has(callId)) refuse(`Duplicate call_id ${callId}.`, `${at}.call_id`);
    this.#seen.add(callId);
    this.#asked.push(callId);
    this.#turn.push(itemOf(item));
    this.#add(`${item.name}${item.arguments}`, callId);
  }

  #readOutput(item: JsonObject, at: string): void {
    const callId = String(item.call_id);
    if (!this.#asked.includes(callId)) {
      refuse(`No tool call found for function call output with call_id ${callId}.`, 'input');
    }
    if (this.#answered === 0) this.#endTurn(at);
    if (this.#asked[this.#answered] !== callId) {
      refuse(`'${at}': outputs must be in the order of their calls, one for each.`, 'input');
    }
    this.#answered += 1;
    const text = textOf(item.output, `${at}.output`);
    this.#results.push(text);
    this.#add(text, callId);
  }

  /** Begins a turn; the turn before it must have all its outputs. */
  #beginTurn(): void {
    if (this.#turn.length > 0 && this.#answered === 0) {
      refuse("Item of type 'reasoning' was provided without its required following item.", 'input');
    }
    this.#requireAnswers();
    this.#turn = [];
    this.#asked = [];
    this.#answered = 0;
  }

  #requireAnswers(): void {
    const open = this.#asked[this.#answered];
    if (open !== undefined) refuse(`No tool output found for function call ${open}.`, 'input');
  }

  /** Compares the model's turn, now complete in the input, with what was sent. */
  #endTurn(at: string): void {
    const [first = ''] = this.#asked;
    const replayed = { conversation: this.#conversation, round: this.#round, items: this.#turn };
    const problem = replayProblem(this.#issued.find(first), replayed);
    if (problem !== undefined) refuse(`The turn before '${at}' ${problem}.`, 'input');
    this.#round += 1;
  }

  #add(text: string, mark: string): void {
    this.#parts.push({ text, mark, breakpoint: false });
  }
}
