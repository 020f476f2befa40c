import * as vscode from 'vscode';
import { DisposableStore } from '../host/disposables.ts';
import type { Engine } from '../host/engine.ts';
import type { Lazy } from '../host/lazy.ts';
import { plainText } from '../host/plainText.ts';
import type { Prompt, PromptLibrary } from '../host/promptLibrary.ts';
import { isPromptDocument } from '../host/promptLibrary.ts';
import { promptFileGlob } from '../shared/promptFileName.ts';

/** What `VariableHints` needs. */
export interface VariableHintsOptions {
  readonly library: Pick<PromptLibrary, 'parse'>;
  readonly engine: Pick<Lazy<Engine>, 'get'>;
}

/** Completes the variables and columns of prompts, and says what those are that the pointer is over. */
export class VariableHints
  implements vscode.CompletionItemProvider, vscode.HoverProvider, vscode.Disposable
{
  readonly #options: VariableHintsOptions;
  readonly #disposables = new DisposableStore();

  constructor(options: VariableHintsOptions) {
    this.#options = options;
    const files = { pattern: promptFileGlob };
    const { languages } = vscode;
    this.#disposables.add(languages.registerCompletionItemProvider(files, this, '{'));
    this.#disposables.add(languages.registerHoverProvider(files, this));
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    const prompt = await this.#promptAt(document, position);
    if (prompt === undefined) return [];
    const engine = await this.#options.engine.get();
    const line = document.lineAt(position.line).text;
    const found = await engine.variableOffers(line.slice(0, position.character), prompt);
    if (found === undefined) return [];
    const start = position.translate(0, -found.replaces);
    // VS Code closes braces as they are typed.
    const closing = /^\}{0,2}/.exec(line.slice(position.character))?.[0].length ?? 0;
    const range = new vscode.Range(start, position.translate(0, closing));
    return found.offers.map(({ text, what }) => {
      const item = new vscode.CompletionItem(text, vscode.CompletionItemKind.Variable);
      return Object.assign(item, { range, detail: plainText(what), filterText: text });
    });
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    const prompt = await this.#promptAt(document, position);
    const { line, character } = position;
    const part = prompt?.template.find(
      (one) =>
        one.kind !== 'text' &&
        one.range.line === line &&
        one.range.column <= character &&
        character < one.range.endColumn,
    );
    if (prompt === undefined || part === undefined || part.kind === 'text') return undefined;
    if (part.kind === 'link') return undefined;
    const help = await (await this.#options.engine.get()).variableHelp(part, prompt);
    const { column, endColumn } = part.range;
    // A block of code has no links and no icons. It must not end before its text does.
    const value = plainText(help.what).replaceAll('```', '` ` `');
    const shown = { language: 'plaintext', value };
    return new vscode.Hover(shown, new vscode.Range(line, column, line, endColumn));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #promptAt(
    document: vscode.TextDocument,
    { line }: vscode.Position,
  ): Promise<Prompt | undefined> {
    if (!vscode.workspace.isTrusted || !isPromptDocument(document.uri)) return undefined;
    const { prompts } = await this.#options.library.parse(document.uri);
    return prompts.findLast(({ range }) => range.line <= line);
  }
}
