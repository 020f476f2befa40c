import type { Command } from 'commander';

/**
 * Makes a command fail when an option that takes one value is given twice. By itself, commander would use
 * the last value. The options in `collecting` may be repeated.
 */
export function rejectRepeats(command: Command, collecting: readonly string[] = []): void {
  for (const option of command.options) {
    const takesOne = (option.required || option.optional) && !option.variadic;
    if (!takesOne || collecting.includes(option.long ?? '')) continue;
    let given = false;
    command.on(`option:${option.name()}`, () => {
      if (given)
        command.error(`error: option '${option.flags}' is given twice; it takes one value`);
      given = true;
    });
  }
}
