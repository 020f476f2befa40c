import type { Rule } from '../rules/rule.ts';
import { callText, type RequestPlace } from './approvalRequest.ts';
import type { RuleScope } from './inboxDecision.ts';

type Conversation = Pick<RequestPlace, 'runId' | 'conversation'>;

/** What was decided with a click for more than one call, as long as this process lives. */
export class ClickRules {
  readonly #always: Rule[] = [];
  readonly #ofRuns = new Map<string, Rule[]>();
  readonly #ofConversations = new Map<string, Rule[]>();
  /** Calls that are denied in all conversations of a run, with the reason for the model. */
  readonly #denied = new Map<string, Map<string, string>>();

  add(rule: Rule, scope: RuleScope, at: Conversation): void {
    if (scope === 'always') this.#always.push(rule);
    else if (scope === 'run') addTo(this.#ofRuns, at.runId, rule);
    else addTo(this.#ofConversations, conversationKey(at), rule);
  }

  /** The rules that hold in a conversation. */
  of(at: Conversation): readonly Rule[] {
    const ofRun = this.#ofRuns.get(at.runId) ?? [];
    return [...this.#always, ...ofRun, ...(this.#ofConversations.get(conversationKey(at)) ?? [])];
  }

  /** The conversation begins anew. */
  forget(at: Conversation): void {
    this.#ofConversations.delete(conversationKey(at));
  }

  deny(runId: string, tool: string, input: unknown, reason: string): void {
    const denied = this.#denied.get(runId) ?? new Map<string, string>();
    this.#denied.set(runId, denied.set(callText(tool, input), reason));
  }

  /** Why such a call is denied in all conversations of a run; undefined when it is not. */
  denialOf(runId: string, tool: string, input: unknown): string | undefined {
    const denied = this.#denied.get(runId);
    return denied?.get(callText(tool, input));
  }
}

function conversationKey({ runId, conversation }: Conversation): string {
  return JSON.stringify([runId, conversation]);
}

function addTo(map: Map<string, Rule[]>, key: string, rule: Rule): void {
  const rules = map.get(key);
  if (rules === undefined) map.set(key, [rule]);
  else rules.push(rule);
}
