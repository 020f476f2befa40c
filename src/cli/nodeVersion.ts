/** The oldest supported version of Node. */
const oldest = [22, 2] as const;

/** The error message for a version of Node that is too old, such as `22.1.0`; undefined for a supported one. */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return undefined;
  return `Interleave needs Node ${oldest.join('.')} or newer; this is Node ${version}. Install a newer version.`;
}
