/** Marks an answer as made up by the demo model. */
export function signed(text: string): string {
  return `${text}\n\n*Simulated by the demo model.*`;
}
