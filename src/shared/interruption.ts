import type { ConversationState } from './conversationState.ts';
import type { RunState } from './runState.ts';

/** How far a run was when it was interrupted: `37 done, 1 failed, 3 in flight, 59 waiting`. */
export function interruptionText({ conversations }: RunState): string {
  const groups = new Map<string, number>([['done', 0]]);
  for (const order of ['failed', 'stopped', 'cancelled', 'in flight', 'waiting'])
    groups.set(order, 0);
  for (const conversation of conversations) {
    const group = groupOf(conversation);
    groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  return [...groups]
    .filter(([group, count]) => count > 0 || group === 'done')
    .map(([group, count]) => `${count} ${group}`)
    .join(', ');
}

/** A conversation that had sent a request counts as in flight. */
function groupOf({ phase, reason, attempts, turns }: ConversationState): string {
  if (reason !== 'interrupted') return phase;
  return attempts > 0 || turns.length > 0 ? 'in flight' : 'waiting';
}
