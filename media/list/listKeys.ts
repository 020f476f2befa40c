/** What a key does while a row has the focus. */
export type ListCommand =
  | { readonly type: 'move'; readonly to: number }
  | { readonly type: 'expand' }
  | { readonly type: 'collapse' }
  | { readonly type: 'toggle' }
  | { readonly type: 'copy' }
  | { readonly type: 'retry' };

/** Where the focus is. Positions count from 0. */
export interface ListPlace {
  readonly position: number;
  readonly rowCount: number;
  /** How many rows fit on a page. */
  readonly page: number;
  readonly expanded: boolean;
}

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** The command of a key, if any. Keys with a modifier belong to VS Code. */
export function listCommand(event: Key, place: ListPlace): ListCommand | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const target = moveTarget(event.key, place);
  if (target !== undefined) {
    const to = Math.max(0, Math.min(place.rowCount - 1, target));
    return { type: 'move', to };
  }
  switch (event.key) {
    case 'ArrowRight':
      return place.expanded ? undefined : { type: 'expand' };
    case 'ArrowLeft':
    case 'Escape':
      return place.expanded ? { type: 'collapse' } : undefined;
    case 'Enter':
    case ' ':
      return { type: 'toggle' };
    case 'c':
      return { type: 'copy' };
    case 'r':
      return { type: 'retry' };
    default:
      return undefined;
  }
}

function moveTarget(key: string, { position, rowCount, page }: ListPlace): number | undefined {
  switch (key) {
    case 'ArrowUp':
      return position - 1;
    case 'ArrowDown':
      return position + 1;
    case 'PageUp':
      return position - page;
    case 'PageDown':
      return position + page;
    case 'Home':
      return 0;
    case 'End':
      return rowCount - 1;
    default:
      return undefined;
  }
}
