import {
  countField,
  isJsonObject,
  type JsonObject,
  objectField,
  textField,
} from '../../base/jsonObject.ts';
import { isEmptyInput } from '../turn/toolInput.ts';
import { messageText } from './outputItem.ts';

/** What has come of one item of the output. */
interface Draft {
  readonly index: number;
  id: string | undefined;
  /** As it was announced, and as it was when it was finished. */
  added?: JsonObject;
  done?: JsonObject;
  /** Its parts of text, by their places. */
  readonly parts: Map<number, Part>;
  args: string;
  /** The arguments as they were told once more at their end. */
  wholeArgs?: unknown;
  argsEnded: boolean;
}

interface Part {
  readonly field: 'text' | 'refusal';
  text: string;
  ended: boolean;
}

/**
 * The output of a response as its events tell it. Servers differ in where they tell it: in pieces, in
 * finished items, in the last event. What one place leaves out is taken from another.
 */
export class OutputDrafts {
  readonly #drafts: Draft[] = [];

  /** Whether something has come and all of it has been finished. */
  get areFinished(): boolean {
    return this.#drafts.length > 0 && this.#drafts.every(isFinished);
  }

  add(data: JsonObject): void {
    const item = objectField(data, 'item');
    const draft = this.#open(data, textField(item, 'id'));
    draft.added = item;
    draft.id ??= textField(item, 'id');
  }

  /** Takes a piece of text, and returns it. */
  addText(data: JsonObject, field: Part['field']): string {
    const delta = textField(data, 'delta') ?? '';
    this.#part(data, field).text += delta;
    return delta;
  }

  /** Takes the whole text of a part, and returns it when none of it had come before. */
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
    const piece = isJsonObject(delta) ? JSON.stringify(delta) : textField(data, 'delta');
    this.#open(data).args += piece ?? '';
  }

  endArguments(data: JsonObject): void {
    const draft = this.#open(data);
    draft.wholeArgs = data.arguments;
    draft.argsEnded = true;
  }

  /** Takes a finished item, and returns its text when none of it had come before. */
  end(data: JsonObject): string {
    const item = objectField(data, 'item');
    const draft = this.#open(data, textField(item, 'id'));
    draft.done = item;
    draft.id ??= textField(item, 'id');
    return draftText(draft) === '' ? messageText(item) : '';
  }

  /** All items, with `output`, that of the last event, standing over what came before it. */
  merged(output: readonly JsonObject[], isIncomplete: boolean): readonly JsonObject[] {
    const items = this.#drafts
      .map((draft) => itemOfDraft(draft, isIncomplete))
      .filter((item) => item !== undefined);
    if (output.length === 0) return items;
    const matches = matchesOf(output, this.#drafts);
    const filled = output.map((item, place) => completed(item, matches[place]));
    if (matches.includes(undefined) || items.length <= output.length) return filled;
    // The last event tells a part of it only.
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

  /** The draft that an event is about: by the item's id, else the open one at its place, else a new one. */
  #open(data: JsonObject, ownId?: string): Draft {
    const id = ownId ?? textField(data, 'item_id');
    const index = countField(data, 'output_index');
    const open = this.#drafts.filter(({ done }) => done === undefined);
    const byId = id === undefined ? undefined : open.findLast((draft) => draft.id === id);
    const atPlace = open.findLast((draft) => index === undefined || draft.index === index);
    const isOther = id !== undefined && atPlace?.id !== undefined && atPlace.id !== id;
    const found = byId ?? (isOther && ownId !== undefined ? undefined : atPlace);
    if (found !== undefined) return found;
    const place = index ?? this.#drafts.length;
    const draft: Draft = { index: place, id, parts: new Map(), args: '', argsEnded: false };
    this.#drafts.push(draft);
    return draft;
  }
}

function isFinished({ done, parts, args, argsEnded }: Draft): boolean {
  if (done !== undefined) return true;
  const texts = [...parts.values()];
  const hasSome = texts.length > 0 || args !== '' || argsEnded;
  return hasSome && texts.every(({ ended }) => ended) && (args === '' || argsEnded);
}

/** The draft of each item of the last event. Ids come twice, so that the same place goes before the same id. */
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

/** The draft at an item's place, where nothing speaks against it. */
function sameKind(
  draft: Draft | undefined,
  item: JsonObject,
  free: ReadonlySet<Draft>,
): Draft | undefined {
  if (draft === undefined || !free.has(draft)) return undefined;
  const { type } = draft.done ?? draft.added ?? {};
  return type === undefined || type === item.type ? draft : undefined;
}

/** What a draft is without the last event; undefined for nothing that could be an item. */
function itemOfDraft(draft: Draft, isIncomplete: boolean): JsonObject | undefined {
  const { done, added, parts } = draft;
  if (done !== undefined) return completed(done, draft);
  // The response may have been cut off in the middle of it.
  const status = isIncomplete ? 'incomplete' : 'completed';
  if (added?.type === 'function_call') return completed({ ...added, status }, draft);
  if (parts.size > 0) return { ...(added ?? newMessage(draft)), status, content: contentOf(draft) };
  return added?.type === 'reasoning' ? undefined : added;
}

function newMessage({ id }: Draft): JsonObject {
  return { type: 'message', ...(id === undefined ? {} : { id }), role: 'assistant' };
}

/** An item with what it leaves out taken from its draft. */
function completed(item: JsonObject, draft: Draft | undefined): JsonObject {
  if (draft === undefined) return item;
  if (item.type === 'function_call') {
    const { done, added, wholeArgs, args } = draft;
    const places = [item.arguments, done?.arguments, wholeArgs, args, added?.arguments];
    const told = places.find((one) => !isEmptyInput(one));
    const name = textField(item, 'name') || textField(added ?? {}, 'name');
    return {
      ...item,
      ...(name ? { name } : {}),
      ...(told === undefined ? {} : { arguments: told }),
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
