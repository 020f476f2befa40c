/**
 * What a refusal means when only its message says so:
 * - `too_large`: the request has more tokens than the limit per minute, so no retry can succeed;
 * - `quota`: the account has no money left;
 * - `period`: the limit of a day or a month is used up until it resets.
 */
export type RefusalMeaning = 'too_large' | 'quota' | 'period';

const noMoney: readonly RegExp[] = [
  /insufficient[ _-]?(balance|credits?|funds|quota)/i,
  /\b(balance|credits?)\b.{0,30}\b(too low|exhausted|used up|depleted|not enough|insufficient)\b/i,
  /\b(please |to )?(recharge|top up)\b/i,
  /\b(key|spend|spending|budget|billing|credit|monthly) limit\b.{0,20}\b(exceeded|reached)\b/i,
];

const longPeriod =
  /exceeded your current quota|\b(per[ -]day|daily)\b|\bper[_-]?day\b|-per-day\b|\b(RPD|TPD)\b|PerDay/;

/** Reads the message of a refusal with status 402, 403, 413 or 429. */
export function refusalMeaning(message: string | undefined): RefusalMeaning | undefined {
  const text = (message ?? '').slice(0, 2_000);
  if (isTooLarge(text)) return 'too_large';
  if (noMoney.some((pattern) => pattern.test(text))) return 'quota';
  return longPeriod.test(text) ? 'period' : undefined;
}

/** `Request too large for … on tokens per min (TPM): Limit 30000, Requested 50000.` */
function isTooLarge(text: string): boolean {
  if (!/\btokens?[ _-]per[ _-]min|\bTPM\b|\brate limit/i.test(text)) return false;
  if (/\b(request|prompt|input|message)s?\b.{0,20}\btoo (large|long|big)\b/i.test(text))
    return true;
  const counts = /\blimit:? ([\d,]+)\b.{0,40}\brequested:? ([\d,]+)\b/i.exec(text);
  return counts !== null && countOf(counts[2]) > countOf(counts[1]);
}

function countOf(text: string | undefined): number {
  return Number((text ?? '').replaceAll(',', ''));
}
