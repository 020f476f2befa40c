/** When a run started, in local time: `14:02`, and with the date where that is not today: `30 Nov, 14:02`. */
export function startWords(startedAt: string, now = new Date()): string {
  const started = new Date(startedAt);
  if (Number.isNaN(started.getTime())) return '';
  const time = started.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (started.toDateString() === now.toDateString()) return time;
  return `${started.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}, ${time}`;
}
