/** Whether a name looks like one of those that Windows makes for long names: `PROGRA~1`, `SECRET~1.PEM`. */
export function isShortName(name: string): boolean {
  return shortName.test(name);
}

/**
 * What is wrong with a name on Windows, where it means something besides itself; completes `The path … `.
 * Elsewhere these are names as any other.
 */
export function windowsProblem(name: string): string | undefined {
  if (name.includes('\\')) return 'has a backslash: put / between folders.';
  if (name.includes(':')) return 'has a colon, which no file of a workspace may have.';
  if (/[. ]$/.test(name)) return 'has a name that ends in a dot or a space, which is not allowed.';
  if (deviceName.test(name)) return 'names a device, not a file.';
  if (isShortName(name)) return 'has a short 8.3 name: write the full name.';
  return undefined;
}

/** Windows reads these as devices in every folder and with any extension. */
const deviceName = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?: *\..*)?$/i;

const shortName = /^[^.]{1,6}~[0-9]{1,6}(?:\.[^.]{0,3})?$/;
