import * as vscode from 'vscode';
import type { ApprovalRequest, DecisionPreview, InboxDecision } from '../../host/approvals.ts';
import { callWords, conversationName } from '../../host/approvalWords.ts';
import { pickOne } from '../../host/picks.ts';
import { exactText } from '../../shared/exactJson.ts';
import { plural } from '../../shared/quantities.ts';
import type { CommandServices } from '../commandServices.ts';
import { openCalls } from './showCall.ts';

type Services = Pick<CommandServices, 'runs'>;

/** A decision, and how the user is asked to confirm it. */
export interface AskedDecision {
  readonly decision: InboxDecision;
  /** `Allow run_command: npm test`. */
  readonly title: string;
}

interface ConfirmPick extends vscode.QuickPickItem {
  readonly confirms?: true;
  /** Choosing it decides nothing and shows this call. */
  readonly shows?: ApprovalRequest;
}

/**
 * Whether the user wants a decision with all that it settles. Not asked about one call alone. The first entry of the
 * list, which Enter would choose, decides nothing.
 */
export async function isConfirmed(
  { decision, title }: AskedDecision,
  preview: DecisionPreview,
  services: Services,
): Promise<boolean> {
  if (!needsConfirmation(decision, preview)) return true;
  const picked = await pickOne(
    picksOf(decision, preview, services),
    title,
    `${summary(preview)}. Nothing is decided before you choose so.`,
  );
  if (picked?.shows !== undefined) await openCalls([picked.shows]);
  return picked?.confirms === true;
}

function needsConfirmation(decision: InboxDecision, { settles }: DecisionPreview): boolean {
  if (settles.length > 1 || decision.kind === 'rule') return true;
  return decision.kind === 'deny' && decision.also === 'run';
}

/** `This settles 37 of 52; 15 stay`. */
export function summary({ settles, stays }: Pick<DecisionPreview, 'settles' | 'stays'>): string {
  const total = settles.length + stays.length;
  const rest = stays.length === 1 ? '1 stays' : `${stays.length} stay`;
  return `This settles ${settles.length} of ${total}; ${rest}`;
}

function picksOf(
  decision: InboxDecision,
  { settles, stays, offer, refused }: DecisionPreview,
  { runs }: Services,
): readonly ConfirmPick[] {
  const row = (request: ApprovalRequest): ConfirmPick => ({
    label: conversationName(runs, request),
    description: callWords(request),
    shows: request,
  });
  const note = (label: string): ConfirmPick => ({ label, iconPath: new vscode.ThemeIcon('info') });
  const [verb, noun, icon] = confirmWords(decision);
  const confirm: ConfirmPick = {
    label: `${verb} ${plural(settles.length, noun)}`,
    description: lastingWords(decision),
    iconPath: new vscode.ThemeIcon(icon),
    confirms: true,
  };
  return [
    {
      label: 'Keep Waiting',
      description: 'nothing is decided',
      iconPath: new vscode.ThemeIcon('watch'),
    },
    confirm,
    ...(offer === undefined
      ? []
      : [
          separator('The rule'),
          note(offer.rule.text),
          ...offer.preview.covers.map((covered) => note(`Allows: ${covered}`)),
          ...offer.preview.asksFor.map((other) => note(`Still asks: ${other}`)),
        ]),
    ...answerPicks(decision, settles).map(note),
    ...(refused.length === 0 ? [] : [separator(`Cannot be settled: ${refused.length}`)]),
    ...refused.map(({ message }) => note(message)),
    separator(`Settled: ${settles.length}`),
    ...settles.map(row),
    ...(stays.length === 0 ? [] : [separator(`Stay: ${stays.length}`)]),
    ...stays.map(row),
  ];
}

function confirmWords({
  kind,
}: InboxDecision): readonly [verb: string, noun: string, icon: string] {
  if (kind === 'deny') return ['Deny', 'Call', 'circle-slash'];
  return kind === 'answer'
    ? ['Answer', 'Question', 'comment-discussion']
    : ['Allow', 'Call', 'check'];
}

/** What is answered, as `Which size?: large`. */
function answerPicks(
  decision: InboxDecision,
  [first]: readonly ApprovalRequest[],
): readonly string[] {
  if (decision.kind !== 'answer') return [];
  return decision.answers.map((answer, at) => {
    const question = first?.questions?.[at]?.question ?? '';
    const text = typeof answer === 'string' ? answer : answer.join(', ');
    return `${exactText(question)} ${text.trim() === '' ? '(no answer)' : exactText(text)}`;
  });
}

/** What holds after this decision, too. */
function lastingWords(decision: InboxDecision): string {
  if (decision.kind === 'rule') return scopeWords[decision.scope];
  if (decision.kind !== 'deny') return '';
  if (decision.also === 'run') return 'and whenever this run asks for the same again';
  return decision.also === 'conversation' ? 'and end their conversations' : '';
}

const scopeWords = {
  conversation: 'and what the rule allows in this conversation',
  run: 'and what the rule allows in this run',
  always: 'and what the rule allows in all runs; it is added to your settings',
} as const;

function separator(label: string): ConfirmPick {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
