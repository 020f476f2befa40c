/**
 * One step of a test that is a story in one window, where each step needs what those before it did. The error of
 * a failed step begins with the step's name.
 */
export async function step(name: string, act: () => void | Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Error) error.message = `Step "${name}": ${error.message}`;
    throw error;
  }
}
