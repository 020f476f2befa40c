import { contactPrefixes } from '../../base/agentDefinition.ts';
import type { ContactKind } from './contact.ts';

/** Max length of a tool's name, for both providers. */
const maxName = 64;

/** Gives tools that reach agents names that both providers accept, each once. */
export class ContactNames {
  readonly #taken: Set<string>;

  /** `taken` are the names of other tools. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** The name of the tool that reaches an agent: `ask_code_reviewer`; with a number where it is taken. */
  next(kind: ContactKind, agent: string): string {
    const plain = contactPrefixes[kind] + (wordsOf(agent) || 'agent');
    for (let number = 1; ; number++) {
      const end = number === 1 ? '' : `_${number}`;
      const name = plain.slice(0, maxName - end.length) + end;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }
}

function wordsOf(agent: string): string {
  const plain = agent.normalize('NFKD').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
}
