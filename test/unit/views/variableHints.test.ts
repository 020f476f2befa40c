// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts hold variables of prompt files.
import { describe, expect, it, vi } from 'vitest';
import { parsePromptFile } from '../../../src/core/prompts/parsePromptFile.ts';
import { variableHelp, variableOffers } from '../../../src/core/prompts/variableHelp.ts';
import { VariableHints } from '../../../src/views/variableHints.ts';

vi.mock('vscode', async () => {
  const fake = await import('../../support/vscode/fakeVscode.ts');
  const never = () => ({ dispose: () => undefined });
  class Range {
    readonly start: { readonly character: number };
    readonly end: { readonly character: number };
    constructor(...places: unknown[]) {
      const [start, end] = places.length === 4 ? [places[1], places[3]] : places;
      const at = (place: unknown) => (typeof place === 'number' ? { character: place } : place);
      this.start = at(start) as Range['start'];
      this.end = at(end) as Range['start'];
    }
  }
  return {
    ...fake,
    Range,
    CompletionItem: class {
      readonly label: string;
      constructor(label: string) {
        this.label = label;
      }
    },
    CompletionItemKind: { Variable: 5 },
    Hover: class {
      readonly contents: unknown;
      constructor(contents: unknown) {
        this.contents = contents;
      }
    },
    languages: { registerCompletionItemProvider: never, registerHoverProvider: never },
    workspace: { isTrusted: true },
  };
});

const row = new Map([
  ['text', 'one'],
  ['md', '```\n[x](command:y)'],
]);
const uri = { scheme: 'file', path: '/w/a.prompts.md', toString: () => 'file:///w/a.prompts.md' };

function hintsFor(text: string) {
  const library = { parse: async () => parsePromptFile(text, 'a.prompts.md') };
  const engine = {
    variableOffers: async (before: string, prompt: object) => variableOffers(before, prompt, row),
    variableHelp: async (part: never, prompt: object) => variableHelp(part, prompt, row),
  };
  const hints = new VariableHints({ library, engine: { get: async () => engine } } as never);
  const lines = text.split('\n');
  const document = { uri, lineAt: (line: number) => ({ text: lines[line] }) } as never;
  const at = (line: number, character: number) =>
    ({
      ...{ line, character },
      translate: (_: number, by: number) => ({ line, character: character + by }),
    }) as never;
  return { hints, document, at };
}

describe('In a prompt', () => {
  it('columns are offered, over the braces that VS Code has closed', async () => {
    const { hints, document, at } = hintsFor('## A\nsay {{te}} now');
    const items = await hints.provideCompletionItems(document, at(1, 8));
    expect(items.slice(0, 1)).toMatchObject([
      {
        ...{ label: '{{text}}', detail: 'Column; in the first row: one' },
        range: { start: { character: 4 }, end: { character: 10 } },
      },
    ]);
    expect(await hints.provideCompletionItems(document, at(1, 2))).toEqual([]);
  });

  it('the pointer over a variable shows what it is', async () => {
    const { hints, document, at } = hintsFor('## A\nsay {{text}} ${file} {{md}}');
    const hover = async (character: number) => {
      const shown = await hints.provideHover(document, at(1, character));
      return (shown?.contents as unknown as { value: string } | undefined)?.value;
    };
    expect(await hover(4)).toBe('Column; in the first row: one');
    expect(await hover(11)).toBe('Column; in the first row: one');
    expect(await hover(12)).toBeUndefined();
    expect(await hover(23)).toBe('Column; in the first row: ` ` ` [x] (command:y)');
    expect(await hover(14)).toBe('The path of the file in the active editor');
  });
});

it('Before the first prompt, nothing is offered', async () => {
  const { hints, document, at } = hintsFor('{{\n\n## A\nx');
  expect(await hints.provideCompletionItems(document, at(0, 2))).toEqual([]);
});
