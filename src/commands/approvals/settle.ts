import type { DecisionResult, InboxDecision } from '../../host/approvals.ts';
import { HostError } from '../../host/hostError.ts';
import { flashStatus, showMessage } from '../../host/messages.ts';
import { plural } from '../../shared/quantities.ts';
import { messageOf } from '../../shared/thrown.ts';
import type { CommandServices } from '../commandServices.ts';
import type { AskedDecision } from './confirmDecision.ts';
import { isConfirmed } from './confirmDecision.ts';

export type SettleServices = Pick<CommandServices, 'approvals' | 'configuration' | 'log' | 'runs'>;

/** How many calls a decision has settled, and how many of those it named it has not. */
export interface Settled {
  readonly settled: number;
  readonly refused: number;
}

/**
 * Carries out a decision. One that settles several calls, or that holds for later ones, is shown first, with all that
 * it settles and all that stays. Undefined when the user did not want it then. What came too late, or cannot be
 * done, is said.
 */
export async function settle(
  services: SettleServices,
  asked: AskedDecision,
): Promise<Settled | undefined> {
  const { approvals } = services;
  const preview = await approvals.preview(asked.decision);
  if (preview.settles.length === 0) throw nothingDecided(preview.refused[0]?.message);
  if (!(await isConfirmed(asked, preview, services))) return undefined;
  const result = await approvals.decide(asked.decision);
  if (result.settled.length === 0) throw nothingDecided(result.refused[0]?.message);
  if (result.settingsRule !== undefined) await keepRule(services, result.settingsRule);
  tell(asked.decision.kind, result);
  return { settled: result.settled.length, refused: result.refused.length };
}

function nothingDecided(why = 'None of these calls waits any more.'): HostError {
  return new HostError(`Nothing was decided. ${why}`);
}

async function keepRule({ configuration, log }: SettleServices, rule: string): Promise<void> {
  try {
    await configuration.addRule(rule);
  } catch (error) {
    const why = log.safe(messageOf(error));
    void showMessage(
      'error',
      `The rule holds until this window closes. It could not be added to the setting interleave.rules: ${why}`,
    );
  }
}

function tell(kind: InboxDecision['kind'], { settled, refused }: DecisionResult): void {
  const notDone = new Set(refused.map(({ id }) => id));
  const count = settled.filter((id) => !notDone.has(id)).length;
  const [icon, noun, done] = doneWords(kind);
  if (count > 0) flashStatus(icon, `${plural(count, noun)} ${done}`, 4_000);
  const [first] = refused;
  if (first === undefined) return;
  const calls = `${plural(refused.length, 'call')} of ${count + refused.length}`;
  const were = refused.length === 1 ? 'was' : 'were';
  void showMessage('warning', `${calls} ${were} not ${done}. ${first.message}`);
}

function doneWords(
  kind: InboxDecision['kind'],
): readonly [icon: string, noun: string, done: string] {
  if (kind === 'deny') return ['circle-slash', 'tool call', 'denied'];
  return kind === 'answer'
    ? ['comment-discussion', 'question', 'answered']
    : ['check', 'tool call', 'allowed'];
}
