/**
 * What a refusal means that its status and names do not tell: the words are all there is.
 * - `too_large`: more tokens than the limit of a minute holds, so that no repetition can succeed;
 * - `quota`: an account without money;
 * - `period`: the limit of a day or a month, which is whole again some time.
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

/** Reads the words of a refusal with the status 402, 403, 413 or 429. */
export function meaningOfRefusal(message: string | undefined): RefusalMeaning | undefined {
  const words = (message ?? '').slice(0, 2_000);
  if (isTooLarge(words)) return 'too_large';
  if (noMoney.some((pattern) => pattern.test(words))) return 'quota';
  return longPeriod.test(words) ? 'period' : undefined;
}

/** `Request too large for … on tokens per min (TPM): Limit 30000, Requested 50000.` */
function isTooLarge(words: string): boolean {
  const isOfRate = /\btokens?[ _-]per[ _-]min|\bTPM\b|\brate limit/i.test(words);
  if (
    isOfRate &&
    /\b(request|prompt|input|message)s?\b.{0,20}\btoo (large|long|big)\b/i.test(words)
  )
    return true;
  const told = /\blimit:? ([\d,]+)\b.{0,40}\brequested:? ([\d,]+)\b/i.exec(words);
  return isOfRate && told !== null && countOf(told[2]) > countOf(told[1]);
}

function countOf(text: string | undefined): number {
  return Number((text ?? '').replaceAll(',', ''));
}
