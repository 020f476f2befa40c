/** A CPU profile as Node writes it. Times are in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    /** From 0. */
    readonly lineNumber: number;
  };
  readonly children?: readonly number[];
}

/** Time of a room or a function. */
export interface Share {
  readonly name: string;
  /** In its own code. */
  readonly ownMs: number;
  /** In Node, called from there. */
  readonly nodeMs: number;
}

export interface ProfileSummary {
  /** Time in which the process was not idle. */
  readonly busyMs: number;
  /** Largest first. */
  readonly rooms: readonly Share[];
  readonly functions: readonly Share[];
}

/** Time that belongs to nobody's code. */
const apart: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'the system and native code'],
]);
const withoutCaller = 'Node without a caller of ours';

/** The source file of each line of a bundle that is not minified, from the comments of esbuild. */
export function sourcesOf(bundle: string): readonly (string | undefined)[] {
  let current: string | undefined;
  return bundle.split('\n').map((line) => {
    const found = /^\s*\/\/ ((?:src|bench|node_modules)\/\S+|package\.json)$/.exec(line);
    current = found?.[1] ?? current;
    return current;
  });
}

/**
 * Attributes each sample to the room whose code ran, or called the Node that ran. `bundles` are the
 * texts of the program's files, by their names.
 */
export function summarize(
  profile: CpuProfile,
  bundles: ReadonlyMap<string, string>,
): ProfileSummary {
  const sources = new Map([...bundles].map(([file, text]) => [file, sourcesOf(text)]));
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const callers = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const sourceOf = ({ callFrame }: ProfileNode): string | undefined =>
    sources.get(callFrame.url.slice(callFrame.url.lastIndexOf('/') + 1))?.[callFrame.lineNumber];
  const rooms = new Shares();
  const functions = new Shares();
  let busyUs = 0;
  for (const [place, id] of profile.samples.entries()) {
    const sampled = nodes.get(id);
    if (sampled === undefined || sampled.callFrame.functionName === '(idle)') continue;
    const us = profile.timeDeltas[place] ?? 0;
    busyUs += us;
    const special = apart.get(sampled.callFrame.functionName);
    if (special !== undefined) {
      rooms.add(special, us, true);
      continue;
    }
    let at: ProfileNode | undefined = sampled;
    while (at !== undefined && sourceOf(at) === undefined) {
      at = nodes.get(callers.get(at.id) ?? -1);
    }
    const source = at === undefined ? undefined : sourceOf(at);
    const isOwn = at === sampled;
    rooms.add(source === undefined ? withoutCaller : roomOf(source), us, isOwn);
    if (at === undefined || source === undefined) {
      functions.add(`Node by itself (${sampled.callFrame.url || 'native'})`, us, false);
    } else {
      functions.add(`${nameOf(at)} (${source.replace(/^src\//, '')})`, us, isOwn);
    }
  }
  return { busyMs: busyUs / 1000, rooms: rooms.sorted(), functions: functions.sorted() };
}

function nameOf({ callFrame }: ProfileNode): string {
  return callFrame.functionName || 'anonymous';
}

/** `core/journal`, `core/providers/transport`, `cli`, `openai` (a package). */
function roomOf(source: string): string {
  const inPackage = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1];
  if (inPackage !== undefined) return `the package ${inPackage}`;
  const folders = source
    .replace(/^src\//, '')
    .split('/')
    .slice(0, -1);
  return folders.slice(0, folders[1] === 'providers' ? 3 : 2).join('/') || source;
}

class Shares {
  readonly #byName = new Map<string, { ownUs: number; nodeUs: number }>();

  add(name: string, us: number, isOwn: boolean): void {
    const share = this.#byName.get(name) ?? { ownUs: 0, nodeUs: 0 };
    this.#byName.set(name, share);
    if (isOwn) share.ownUs += us;
    else share.nodeUs += us;
  }

  sorted(): readonly Share[] {
    return [...this.#byName]
      .map(([name, { ownUs, nodeUs }]) => ({ name, ownMs: ownUs / 1000, nodeMs: nodeUs / 1000 }))
      .sort((a, b) => b.ownMs + b.nodeMs - (a.ownMs + a.nodeMs));
  }
}
