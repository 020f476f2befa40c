import type { Answerer as AnyAnswerer } from '../../shared/answerer.ts';
import { UserError } from '../base/errors.ts';
import type { LimitValues } from '../base/limits.ts';

type Answerer = Pick<AnyAnswerer, 'provider' | 'model' | 'price'>;
type MoneyLimits = Pick<
  LimitValues,
  'maxCostUsd' | 'maxConversationCostUsd' | 'maxRunTokens' | 'maxConversationTokens'
>;

/** Throws a `UserError` for a limit on cost or tokens that cannot be enforced for one of the models. */
export function checkMoney(answerers: readonly Answerer[], limits: MoneyLimits): void {
  checkPrices(answerers, limits);
  checkUsage(answerers, limits);
}

/** A limit on cost cannot be enforced for a model whose price is unknown. */
function checkPrices(answerers: readonly Answerer[], limits: MoneyLimits): void {
  if (limits.maxCostUsd === 0 && limits.maxConversationCostUsd === 0) return;
  const planned = answerers.find(({ price }) => price === undefined);
  if (planned === undefined) return;
  if (planned.provider === 'vscode') throw new UserError(noUsageReported('on the cost'));
  throw new UserError(
    `A cost limit is set, but the price of ${planned.model} is not known. Add it to the setting interleave.prices, or remove the limit.`,
  );
}

/** A limit on tokens cannot be enforced for a model that does not report its usage. */
function checkUsage(answerers: readonly Answerer[], limits: MoneyLimits): void {
  if (limits.maxRunTokens === 0 && limits.maxConversationTokens === 0) return;
  if (answerers.some(({ provider }) => provider === 'vscode'))
    throw new UserError(noUsageReported('on tokens'));
}

function noUsageReported(what: string): string {
  return `A limit ${what} is set, but VS Code's models do not say how many tokens they use, so that it could not be kept. Remove the limit, or choose another provider.`;
}
