/** How long a run took, compared with running its conversations one after another. */
export interface Comparison {
  readonly wallMs: number;
  /** What the model and the tools took, of all conversations together, as far as it is known. */
  readonly conversationMs: number;
  /** How much of it running concurrently saved, in whole percent from 0 to 99; 0 where that is not known. */
  readonly savedPercent: number;
}

/** A duration for people: `38 ms`, `3.1 s`, `2 min 05 s`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** A time within a run, in fixed width: `00:01.204`. An hour is 60 minutes. */
export function formatClock(ms: number): string {
  const whole = Math.max(0, Math.floor(ms));
  const minutes = String(Math.floor(whole / 60_000)).padStart(2, '0');
  const seconds = String(Math.floor(whole / 1000) % 60).padStart(2, '0');
  return `${minutes}:${seconds}.${String(whole % 1000).padStart(3, '0')}`;
}

/** An amount of data for people, in units of 1,000: `812 B`, `1.2 kB`, `3.4 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_950) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A count for narrow columns: `812`, `1.2k`, `3.4M`. */
export function formatCount(count: number): string {
  if (count < 1000) return String(count);
  if (count < 999_950) return `${(count / 1000).toFixed(1)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

/** A whole number with separators: `16,000`. */
export function formatInteger(value: number): string {
  return grouped(value.toFixed(0));
}

/** A number with separators and at most 6 decimals: `1,000.5`. */
export function formatNumber(value: number): string {
  const [whole = '', decimals = ''] = value.toFixed(6).split('.');
  const kept = decimals.replace(/0+$/, '');
  return kept === '' ? grouped(whole) : `${grouped(whole)}.${kept}`;
}

/** Without `toLocaleString`: it first loads the data of a language, which takes longer than a short start. */
function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 turn`, `3 turns`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `about 9.0 s of conversation in 5.0 s, 44 % less`; only `5.0 s` where nothing was saved, or it is not known. */
export function formatComparison({ wallMs, conversationMs, savedPercent }: Comparison): string {
  const wall = formatDuration(wallMs);
  if (savedPercent === 0) return wall;
  return `about ${formatDuration(conversationMs)} of conversation in ${wall}, ${savedPercent} % less`;
}
