/** Endings that editors, systems and people add to the name of a copy. */
const copyEnding =
  /(?:~+|[-_. ]?(?:backup|bak|copy|disabled|old|orig|save|saved|temp|tmp)[-_. ]?\d*|\.sw[a-p]|[-_. ]\(\d+\)|\.\d{1,14}|[-_.]\d{4}-?\d\d-?\d\d|#)$/;

/** The same at the start: `Copy of x`, `#x#`, `.#x`. */
const copyStart = /^(?:copy of |backup of |\.?#)/;

/** Max copies of copies. */
const maxSteps = 6;

/**
 * The names that a file may be a copy of, its own first: `server.pem.bak` and `server copy.pem` may be copies of
 * `server.pem`. For names in lower case.
 */
export function originalsOf(name: string): readonly string[] {
  const originals = new Set([name]);
  for (const known of originals) {
    if (originals.size > maxSteps) break;
    for (const original of undone(known)) originals.add(original);
  }
  return [...originals];
}

/** The name before one copy, for each pattern that applies. */
function undone(name: string): readonly string[] {
  const steps = [name.replace(copyStart, ''), name.replace(copyEnding, '')];
  const dot = name.lastIndexOf('.');
  // `server (1).pem`: the ending is before the extension.
  if (dot > 0) steps.push(name.slice(0, dot).replace(copyEnding, '') + name.slice(dot));
  // Vim adds a dot to the names of its swap files: `.server.pem.swp`.
  if (/^\..*\.sw[a-p]$/.test(name)) steps.push(name.slice(1, -4));
  return steps.filter((step) => step !== '' && step !== name);
}
