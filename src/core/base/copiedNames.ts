/** What editors, systems and people put at the end of the name of a copy. */
const copyEnding =
  /(?:~+|[-_. ]?(?:backup|bak|copy|disabled|old|orig|save|saved|temp|tmp)[-_. ]?\d*|\.sw[a-p]|[-_. ]\(\d+\)|\.\d{1,14}|[-_.]\d{4}-?\d\d-?\d\d|#)$/;

/** The same at the start: `Copy of x`, `#x#`, `.#x`. */
const copyStart = /^(?:copy of |backup of |\.?#)/;

/** Nothing has been copied more often than that. */
const mostSteps = 6;

/**
 * The names that a file may be a copy of, itself first: `server.pem.bak` and `server copy.pem` are copies
 * of `server.pem`. For names in lower case.
 */
export function originalsOf(name: string): readonly string[] {
  const originals = new Set([name]);
  for (const known of originals) {
    if (originals.size > mostSteps) break;
    for (const original of undone(known)) originals.add(original);
  }
  return [...originals];
}

/** One step back, in each of the ways that apply. */
function undone(name: string): readonly string[] {
  const steps = [name.replace(copyStart, ''), name.replace(copyEnding, '')];
  const dot = name.lastIndexOf('.');
  // `server (1).pem`: the ending stands before the extension.
  if (dot > 0) steps.push(name.slice(0, dot).replace(copyEnding, '') + name.slice(dot));
  // Vim puts a dot before the name that it protects: `.server.pem.swp`.
  if (/^\..*\.sw[a-p]$/.test(name)) steps.push(name.slice(1, -4));
  return steps.filter((step) => step !== '' && step !== name);
}
