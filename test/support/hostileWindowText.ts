/** Signs that a hostile text became a link or an icon, wherever it is shown. */
export const canary = { command: 'interleave-canary.fire', icon: 'flame', word: 'canary' } as const;

/** Targets of a hostile text's links; `recorder` is a server that must get no request. */
function targets(recorder: string): readonly string[] {
  const { command } = canary;
  const nested = encodeURIComponent(JSON.stringify({ commands: [command] }));
  const terminal = encodeURIComponent(JSON.stringify([{ text: 'touch canary\n' }]));
  return [
    `command:${command}`,
    `command:${command}?%5B1%5D`,
    `COMMAND:${command}`,
    `command:runCommands?${nested}`,
    `command:workbench.action.terminal.sendSequence?${terminal}`,
    `${recorder}/canary`,
    `${recorder.replace('http', 'HTTP')}/canary?key=sk-secret`,
    'https://evil.example/canary',
    'file:///tmp/canary',
    'vscode://evil.canary/x',
    'javascript:canary()',
    'data:text/html,canary',
  ];
}

const words = ['Sign in again (canary)', 'canary: Manage Workspace Trust', 'canary'];

/** Syntaxes of links, pictures and icons. */
const shapes: readonly ((word: string, target: string) => string)[] = [
  (word, target) => `[${word}](${target})`,
  (word, target) => `Refused. [${word}](${target}) or [${word}](${target}) now`,
  (word, target) => `[${word}](${target} "Trust the folder")`,
  (word, target) => `[${word}](${target} 'title')`,
  (word, target) => `![${word}](${target})`,
  (word, target) => `[![${word}](${target})](${target})`,
  (word, target) => `[[${word}]](${target})`,
  (word, target) => `[$(${canary.icon}) ${word}](${target})`,
  (word, target) => `\\[${word}\\](${target})`,
  (word, target) => `[${word}]\u200b(${target})`,
  (word, target) => `[${word}]\u001b[0m(${target})`,
  (word, target) => `[${word}]\u202e(${target})\u202c`,
  (word, target) => `\u202e(${target}) ${word}`,
  (word, target) => `[${word}]\u200d(${target})`,
  (word, target) => `[${word}]: ${target}`,
  (word, target) => `<${target}> ${word}`,
  (word, target) => `<a href="${target}">${word}</a>`,
  (word, target) => `<img alt="${word}" src="${target}">`,
  (word, target) => `${word} ${target}`,
  (word, target) => `\u001b]8;;${target}\u0007${word}\u001b]8;;\u0007`,
  (word, target) => `$(${canary.icon}) **${word}** \`${target}\``,
  (word, target) => `$(${canary.icon}~spin) ${word} ${target}`,
  (word, target) => `\\$(${canary.icon}) ${word} ${target}`,
  (word, target) => `$\u200b(${canary.icon}) $\u001b[0m(${canary.icon}) ${word} ${target}`,
];

/**
 * Texts that become links, pictures or icons if VS Code reads them as anything but plain text. More
 * than 500, all different; each contains the word `canary`.
 */
export function hostileWindowTexts(recorder: string): readonly string[] {
  const all = shapes.flatMap((shape, at) =>
    targets(recorder).flatMap((target, index) => {
      // Two of the words each, so that all three occur with every shape and every target.
      const pair = [words[(at + index) % 3], words[(at + index + 1) % 3]];
      return pair.map((word) => shape(word ?? '', target));
    }),
  );
  return [...new Set(all)];
}

/** A hostile text as a file name; undefined when no file can have that name. */
export function asFileName(text: string): string | undefined {
  const name = text.replaceAll(/\p{Cc}/gu, '');
  return name.includes('/') || Buffer.byteLength(name) > 200 ? undefined : name;
}
