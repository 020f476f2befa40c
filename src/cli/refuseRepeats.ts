import type { Command } from 'commander';

/** Refuses options that take one value and are given twice: which one was meant is not to be guessed. */
export function refuseRepeats(command: Command, collecting: readonly string[] = []): void {
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
