const signature = '\n\n*Simulated by the demo model.*';

/** Adds the note that the demo model simulated the answer. */
export function signed(text: string): string {
  return `${text}${signature}`;
}

/** An answer without that note. */
export function unsigned(text: string): string {
  return text.endsWith(signature) ? text.slice(0, -signature.length) : text;
}
