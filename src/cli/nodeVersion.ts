const oldestMajor = 22;

/** Why this version of Node, such as `22.1.0`, cannot run the program; undefined when it can. */
export function nodeProblem(version: string): string | undefined {
  if (Number.parseInt(version, 10) >= oldestMajor) return undefined;
  return `Interleave needs Node ${oldestMajor} or newer, and this is Node ${version}. Install a newer one and try again.`;
}
