/** Where a rule comes from: the user's settings, one run, a workspace file, a click on a request. */
export const rulePlaces = ['settings', 'run', 'workspace', 'click'] as const;
export type RulePlace = (typeof rulePlaces)[number];

/** Who or what decides on a tool call. `why` is a sentence for the user. */
export type Decider =
  | { readonly kind: 'rule'; readonly rule: string; readonly place: RulePlace }
  | { readonly kind: 'floor'; readonly why: string }
  | { readonly kind: 'default'; readonly why: string }
  /** `reason` is what the model is told; `isChanged` says that the arguments were changed. */
  | { readonly kind: 'person'; readonly reason?: string; readonly isChanged?: true }
  /** The user would have to decide, and nobody was there. */
  | { readonly kind: 'nobody'; readonly why: string };

export const verdicts = ['allow', 'ask', 'deny'] as const;
export type Verdict = (typeof verdicts)[number];

/** What was decided on a tool call, and by whom. Plain data. */
export interface CallDecision {
  readonly verdict: Verdict;
  readonly by: Decider;
  /** Of several commands in one line: what the rules say of each alone. */
  readonly parts?: readonly CommandDecision[];
}

/** What the rules say of one command of a command line. */
export interface CommandDecision {
  readonly text: string;
  readonly verdict: Verdict;
  readonly by: Decider;
}

const placeWords: { readonly [P in RulePlace]: string } = {
  settings: 'of your settings',
  run: 'of this run',
  workspace: 'of the workspace',
  click: 'made with a click',
};

/** Who decided, in words: `the rule "deny run_command" of your settings`. */
export function deciderWords(by: Decider): string {
  switch (by.kind) {
    case 'rule':
      return `the rule "${by.rule}" ${placeWords[by.place]}`;
    case 'floor':
    case 'default':
      return by.why;
    case 'person':
      return `the user${by.isChanged ? ', with changed arguments' : ''}${by.reason ? `: ${by.reason}` : ''}`;
    case 'nobody':
      return `nobody was there to ask. ${by.why}`;
  }
}

const verdictWords: { readonly [V in Verdict]: string } = {
  allow: 'allowed',
  ask: 'needs a decision',
  deny: 'denied',
};

/** A decision in words: `denied: the rule "deny run_command" of your settings`. */
export function decisionWords({ verdict, by }: CallDecision): string {
  return `${verdictWords[verdict]}: ${deciderWords(by)}`;
}
