import * as vscode from 'vscode';
import type { ApprovalRequest, RuleScope } from '../../host/approvals.ts';
import { askedWords, callCount, callWords } from '../../host/approvalWords.ts';
import { pickOne } from '../../host/picks.ts';
import type { CommandHandler } from '../commandServices.ts';
import { allowAllEqual, allowByRule, allowThese, whyNoRule } from './allow.ts';
import type { ChangeServices } from './allowChanged.ts';
import { changeAndAllow } from './allowChanged.ts';
import { answerThese } from './answer.ts';
import type { AskedCalls } from './askedCalls.ts';
import { askedCalls } from './askedCalls.ts';
import { denyThese } from './deny.ts';
import { openCalls } from './showCall.ts';

interface DecisionPick extends vscode.QuickPickItem {
  readonly act?: () => Promise<unknown>;
}

/**
 * Lets the user choose from all decisions on a call: the one it is called for, the one that is selected in the view,
 * or one that is picked first. The first entry of the list decides nothing.
 */
export function decideCall(services: ChangeServices): CommandHandler {
  return async (argument) => {
    const selected = waitingOf(services.approvals.selected, services);
    const asked = await askedCalls(
      services,
      argument ?? (selected.length > 0 ? { requests: selected } : undefined),
    );
    if (asked === undefined) return undefined;
    const requests = waitingOf(
      asked.ids.map((id) => ({ id })),
      services,
    );
    const picked = await pickOne(
      decisionsOn(asked, requests, services),
      callWords(asked.first),
      `${callCount(requests)} · ${askedWords(asked.first)}`,
    );
    return await picked?.act?.();
  };
}

/** Those of some requests that still wait. */
function waitingOf(
  some: readonly Pick<ApprovalRequest, 'id'>[],
  { approvals }: Pick<ChangeServices, 'approvals'>,
): readonly ApprovalRequest[] {
  const ids = new Set(some.map(({ id }) => id));
  return approvals.requests().filter(({ id }) => ids.has(id));
}

const scopes: { readonly [S in RuleScope]: string } = {
  conversation: 'for This Conversation',
  run: 'for This Run',
  always: 'Always',
};

function decisionsOn(
  asked: AskedCalls,
  requests: readonly ApprovalRequest[],
  services: ChangeServices,
): readonly DecisionPick[] {
  const offers = services.approvals.offers(asked.first.id);
  const why = whyNoRule(offers);
  const group = services.approvals
    .groups()
    .find((one) => one.requests.some(({ id }) => id === asked.first.id));
  const equal = group?.requests.length ?? 1;
  const pattern = offers?.pattern;
  const several = requests.length > 1;
  if (asked.first.questions !== undefined) {
    return [
      pick('open-preview', 'Show Question', 'decides nothing', () => openCalls(requests)),
      separator('Answer'),
      pick('comment-discussion', 'Answer…', callCount(requests), () =>
        answerThese(services, asked),
      ),
      ...denials(services, asked),
    ];
  }
  return [
    pick('open-preview', 'Show Arguments', 'decides nothing', () => openCalls(requests)),
    separator('Allow'),
    pick('check', several ? 'Allow These Calls' : 'Allow', callCount(requests), () =>
      allowThese(services, asked),
    ),
    ...(equal > requests.length
      ? [
          pick('check-all', 'Allow All Equal', `${equal} calls`, () =>
            allowAllEqual(services, asked),
          ),
        ]
      : []),
    ...(why === undefined ? [] : [{ label: why, iconPath: new vscode.ThemeIcon('info') }]),
    ...(why === undefined ? rulePicks('Allow', 'exact', 'exactly this call') : []),
    pick('edit', 'Edit Arguments and Allow…', '', () => changeAndAllow(services, asked)),
    ...(pattern === undefined
      ? []
      : [
          separator(`Allow what is like it: ${pattern.rule.text}`),
          ...rulePicks('Allow Pattern', 'pattern', pattern.preview.covers.join('; ')),
        ]),
    ...denials(services, asked),
  ];

  function rulePicks(
    verb: string,
    form: 'exact' | 'pattern',
    description: string,
  ): readonly DecisionPick[] {
    return (['conversation', 'run', 'always'] as const).map((scope) =>
      pick('check', `${verb} ${scopes[scope]}…`, description, () =>
        allowByRule(services, asked, { form, scope }),
      ),
    );
  }
}

function denials(services: ChangeServices, asked: AskedCalls): readonly DecisionPick[] {
  return [
    separator('Deny'),
    pick('circle-slash', 'Deny with Reason…', '', () => denyThese(services, asked)),
    pick('circle-slash', 'Deny and End Conversation…', '', () =>
      denyThese(services, asked, 'conversation'),
    ),
    pick('circle-slash', 'Deny in All Conversations…', 'of the run, now and later', () =>
      denyThese(services, asked, 'run'),
    ),
  ];
}

function pick(
  icon: string,
  label: string,
  description: string,
  act: () => Promise<unknown>,
): DecisionPick {
  return { label, description, iconPath: new vscode.ThemeIcon(icon), act };
}

function separator(label: string): DecisionPick {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
