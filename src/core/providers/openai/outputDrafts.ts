import {
  countField,
  isJsonObject,
  type JsonObject,
  objectField,
  textField,
} from '../../../shared/json.ts';
import { isEmptyInput } from '../turn/toolInput.ts';
import { messageText } from './outputItem.ts';

/** An output item, as far as it has been received. */
interface Draft {
  readonly index: number;
  id: string | undefined;
  /** The item when it was added. */
  added?: JsonObject;
  /** The item when it was done. */
  done?: JsonObject;
  /** Text parts by content index. */
  readonly parts: Map<number, Part>;
  /** Deltas of the arguments, joined. */
  args: string;
  /** The complete arguments, which are sent again at their end. */
  wholeArgs?: unknown;
  argsEnded: boolean;
}

interface Part {
  readonly field: 'text' | 'refusal';
  text: string;
  ended: boolean;
}

/**
 * Collects the output items of a response. Servers differ in which events carry them: deltas, finished
 * items, or the last event. What one event omits is taken from another.
 */
export class OutputDrafts {
  readonly #drafts: Draft[] = [];

  /** Whether there is at least one item and all items are finished. */
  get areFinished(): boolean {
    return this.#drafts.length > 0 && this.#drafts.every(isFinished);
  }

  add(data: JsonObject): void {
    const item = objectField(data, 'item');
    const draft = this.#open(data, textField(item, 'id'));
    draft.added = item;
    draft.id ??= textField(item, 'id');
  }

  /** Takes a delta of a text and returns it. */
  addText(data: JsonObject, field: Part['field']): string {
    const delta = textField(data, 'delta') ?? '';
    this.#part(data, field).text += delta;
    return delta;
  }

  /** Takes the complete text of a part. Returns it if no delta came before. */
  endText(data: JsonObject, field: Part['field']): string {
    const part = this.#part(data, field);
    const text = textField(data, field) ?? '';
    const isNew = part.text === '';
    part.ended = true;
    if (isNew) part.text = text;
    return isNew ? text : '';
  }

  addArguments(data: JsonObject): void {
    const { delta } = data;
    const text = isJsonObject(delta) ? JSON.stringify(delta) : textField(data, 'delta');
    this.#open(data).args += text ?? '';
  }

  endArguments(data: JsonObject): void {
    const draft = this.#open(data);
    draft.wholeArgs = data.arguments;
    draft.argsEnded = true;
  }

  /** Takes a finished item. Returns its text if none of it came before. */
  end(data: JsonObject): string {
    const item = objectField(data, 'item');
    const draft = this.#open(data, textField(item, 'id'));
    draft.done = item;
    draft.id ??= textField(item, 'id');
    return draftText(draft) === '' ? messageText(item) : '';
  }

  /** All items. `output` is the output of the last event and takes precedence over earlier events. */
  merged(output: readonly JsonObject[], isIncomplete: boolean): readonly JsonObject[] {
    const items = this.#drafts
      .map((draft) => itemOfDraft(draft, isIncomplete))
      .filter((item) => item !== undefined);
    if (output.length === 0) return items;
    const matches = matchesOf(output, this.#drafts);
    const filled = output.map((item, place) => completed(item, matches[place]));
    if (matches.includes(undefined) || items.length <= output.length) return filled;
    // The last event has only some of the items.
    const whole = this.#drafts.map((draft) => {
      const place = matches.indexOf(draft);
      return place < 0 ? itemOfDraft(draft, isIncomplete) : filled[place];
    });
    return whole.filter((item) => item !== undefined);
  }

  #part(data: JsonObject, field: Part['field']): Part {
    const { parts } = this.#open(data);
    const place = countField(data, 'content_index') ?? 0;
    const part = parts.get(place) ?? { field, text: '', ended: false };
    parts.set(place, part);
    return part;
  }

  /** The draft of an event: by item id, else the open one at its index, else a new one. */
  #open(data: JsonObject, ownId?: string): Draft {
    const id = ownId ?? textField(data, 'item_id');
    const index = countField(data, 'output_index');
    const byId = id === undefined ? undefined : this.#lastOpen((draft) => draft.id === id);
    const atPlace = this.#lastOpen((draft) => index === undefined || draft.index === index);
    const isOther = ownId !== undefined && atPlace?.id !== undefined;
    const found = byId ?? (isOther ? undefined : atPlace);
    if (found !== undefined) return found;
    const place = index ?? this.#drafts.length;
    const draft: Draft = { index: place, id, parts: new Map(), args: '', argsEnded: false };
    this.#drafts.push(draft);
    return draft;
  }

  #lastOpen(isMeant: (draft: Draft) => boolean): Draft | undefined {
    return this.#drafts.findLast((draft) => draft.done === undefined && isMeant(draft));
  }
}

function isFinished({ done, parts, args, argsEnded }: Draft): boolean {
  if (done !== undefined) return true;
  const texts = [...parts.values()];
  const hasSome = texts.length > 0 || args !== '' || argsEnded;
  return hasSome && texts.every(({ ended }) => ended) && (args === '' || argsEnded);
}

/** The draft of each item of the last event. Ids may repeat, so the same index is tried before the same id. */
function matchesOf(
  output: readonly JsonObject[],
  drafts: readonly Draft[],
): readonly (Draft | undefined)[] {
  const free = new Set(drafts);
  const taken = (draft: Draft | undefined): Draft | undefined => {
    if (draft !== undefined) free.delete(draft);
    return draft;
  };
  const atPlace = output.map((item, place) => {
    const draft = drafts[place];
    return draft !== undefined && isSameItem(draft, item) ? taken(draft) : undefined;
  });
  return output.map((item, place) => {
    const match = atPlace[place] ?? [...free].find((draft) => isSameItem(draft, item));
    return taken(match ?? sameKind(drafts[place], item, free));
  });
}

function isSameItem({ id, done, added }: Draft, item: JsonObject): boolean {
  const { type } = done ?? added ?? {};
  if (type !== undefined && type !== item.type) return false;
  const call = textField(done ?? added ?? {}, 'call_id');
  if (call !== undefined && call === item.call_id) return true;
  return id !== undefined && id === item.id;
}

/** The draft at an item's index, if its type does not contradict. */
function sameKind(
  draft: Draft | undefined,
  item: JsonObject,
  free: ReadonlySet<Draft>,
): Draft | undefined {
  if (draft === undefined || !free.has(draft)) return undefined;
  const { type } = draft.done ?? draft.added ?? {};
  return type === undefined || type === item.type ? draft : undefined;
}

/** The item of a draft when the last event lacks it; undefined when too little was received. */
function itemOfDraft(draft: Draft, isIncomplete: boolean): JsonObject | undefined {
  const { done, added, parts } = draft;
  if (done !== undefined) return completed(done, draft);
  // The response may have been truncated within this item.
  const status = isIncomplete ? 'incomplete' : 'completed';
  if (added?.type === 'function_call') return completed({ ...added, status }, draft);
  if (parts.size > 0) return { ...(added ?? newMessage(draft)), status, content: contentOf(draft) };
  return added?.type === 'reasoning' ? undefined : added;
}

function newMessage({ id }: Draft): JsonObject {
  return { type: 'message', ...(id === undefined ? {} : { id }), role: 'assistant' };
}

/** An item, with what it lacks filled in from its draft. */
function completed(item: JsonObject, draft: Draft | undefined): JsonObject {
  if (draft === undefined) return item;
  if (item.type === 'function_call') {
    const { done, added, wholeArgs, args } = draft;
    const places = [item.arguments, done?.arguments, wholeArgs, args, added?.arguments];
    const given = places.find((one) => !isEmptyInput(one));
    const name = textField(item, 'name') || textField(added ?? {}, 'name');
    return {
      ...item,
      ...(name ? { name } : {}),
      ...(given === undefined ? {} : { arguments: given }),
    };
  }
  const lacksText = item.type === 'message' && messageText(item) === '' && draftText(draft) !== '';
  return lacksText ? { ...item, content: contentOf(draft) } : item;
}

function draftText({ parts }: Draft): string {
  return [...parts.values()].map(({ text }) => text).join('');
}

function contentOf({ parts }: Draft): readonly JsonObject[] {
  return [...parts]
    .sort(([a], [b]) => a - b)
    .map(([, { field, text }]) =>
      field === 'text'
        ? { type: 'output_text', text, annotations: [] }
        : { type: 'refusal', refusal: text },
    );
}
