import type * as vscode from 'vscode';
import type { Redactor } from '../core/base/redact.ts';
import type { OpenValue } from '../core/prompts/bindPrompt.ts';
import { plural } from '../shared/quantities.ts';
import { askForm } from './picks.ts';

const lastValuesKey = 'interleave.lastValues';
/** Max number of names whose last values are kept. */
const maxNames = 200;
/** Max length of a value that is kept, in UTF-16 units. */
const maxLength = 10_000;

/** Asks the user for the values that prompts need, and offers those of the last time. */
export class VariableForm {
  readonly #memory: Pick<vscode.Memento, 'get' | 'update'>;
  readonly #redactor: Pick<Redactor, 'hideSecrets'>;

  /** `memory` is the workspace state. */
  constructor(
    memory: Pick<vscode.Memento, 'get' | 'update'>,
    redactor: Pick<Redactor, 'hideSecrets'>,
  ) {
    this.#memory = memory;
    this.#redactor = redactor;
  }

  /** Resolves with a value for each name; undefined when the user closed the form. */
  async ask(needed: readonly OpenValue[]): Promise<ReadonlyMap<string, string> | undefined> {
    const last = this.#lastValues();
    const fields = needed.map(({ name, placeholder, source, prompts }) => ({
      prompt: `Value of ${source}, for ${promptWords(prompts)}`,
      ...(placeholder === undefined ? {} : { placeholder }),
      value: last.get(name) ?? '',
    }));
    const texts = await askForm('Values for Prompts', fields);
    if (texts === undefined) return undefined;
    const given = new Map(needed.map(({ name }, index) => [name, texts[index] ?? '']));
    await this.#keep(given, last);
    return given;
  }

  #lastValues(): Map<string, string> {
    const kept: unknown = this.#memory.get(lastValuesKey);
    const entries = Object.entries(typeof kept === 'object' && kept !== null ? kept : {});
    return new Map(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  }

  /** Keeps the values for the next time, except those that look like secrets. */
  async #keep(given: ReadonlyMap<string, string>, last: Map<string, string>): Promise<void> {
    for (const [name, value] of given) {
      last.delete(name);
      const isKept = value.length <= maxLength && this.#redactor.hideSecrets(value) === value;
      if (isKept) last.set(name, value);
    }
    const newest = [...last].slice(-maxNames);
    await this.#memory.update(lastValuesKey, Object.fromEntries(newest));
  }
}

function promptWords([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${plural(others.length, 'other prompt')}`;
}
