/** The oldest release that has everything the program uses. */
const oldest = [22, 2] as const;

/** Why this version of Node, such as `22.1.0`, cannot run the program; undefined when it can. */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return undefined;
  return `Interleave needs Node ${oldest.join('.')} or newer, and this is Node ${version}. Install a newer one and try again.`;
}
