/** Adds the note that the demo model simulated the answer. */
export function signed(text: string): string {
  return `${text}\n\n*Simulated by the demo model.*`;
}
