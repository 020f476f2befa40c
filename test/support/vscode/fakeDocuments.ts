import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

/** Files and editors of a fake window, over a real folder. Positions are those of VS Code. */

export const EndOfLine = { LF: 1, CRLF: 2 } as const;

interface Place {
  readonly line: number;
  readonly character: number;
}

export class Range {
  readonly start: Place;
  readonly end: Place;
  constructor(startLine: number, startCharacter: number, endLine: number, endCharacter: number) {
    this.start = { line: startLine, character: startCharacter };
    this.end = { line: endLine, character: endCharacter };
  }
}

export interface FakeUri {
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
  readonly fsPath: string;
  with(change: { readonly path: string }): FakeUri;
  toString(): string;
}

export const Uri = {
  file: (file: string): FakeUri => Uri.from({ scheme: 'file', path: file }),
  from: (parts: { scheme: string; path: string; query?: string }): FakeUri => ({
    query: '',
    ...parts,
    fsPath: parts.path,
    with: (change) => Uri.from({ ...parts, ...change }),
    toString: () => `${parts.scheme}://${parts.path}?${parts.query ?? ''}`,
  }),
};

const bom = '\uFEFF';

/** A document: like VS Code, it hides the byte order mark and has one kind of line end. */
export class FakeDocument {
  uri: FakeUri;
  isDirty = false;
  readonly encoding: string;
  readonly eol: 1 | 2;
  #text: string;
  readonly #mark: string;

  constructor(uri: FakeUri, encoding = 'utf8') {
    this.uri = uri;
    this.encoding = encoding;
    const bytes = readFileSync(uri.fsPath, 'utf8');
    if (bytes.includes('\0')) throw new Error('It is a binary file.');
    this.#mark = bytes.startsWith(bom) ? bom : '';
    const windows = bytes.split('\r\n').length * 2 > bytes.split('\n').length + 1;
    this.eol = windows ? EndOfLine.CRLF : EndOfLine.LF;
    this.#text = this.#normal(bytes.slice(this.#mark.length));
  }

  getText(): string {
    return this.#text;
  }

  validateRange({ start, end }: Range): Range {
    const [from, to] = [this.#place(start), this.#place(end)];
    return new Range(from.line, from.character, to.line, to.character);
  }

  /** A person types. */
  type(text: string): void {
    this.#text = this.#normal(text);
    this.isDirty = true;
  }

  replace(range: Range, text: string): void {
    const valid = this.validateRange(range);
    if (JSON.stringify(valid) !== JSON.stringify(range)) throw new Error('Not a valid range');
    const [from, to] = [this.#offset(valid.start), this.#offset(valid.end)];
    this.#text = this.#text.slice(0, from) + this.#normal(text) + this.#text.slice(to);
    this.isDirty = true;
  }

  async save(): Promise<boolean> {
    writeFileSync(this.uri.fsPath, this.#mark + this.#text);
    this.isDirty = false;
    return true;
  }

  #normal(text: string): string {
    return text.replaceAll(/\r\n|\r|\n/g, this.eol === EndOfLine.CRLF ? '\r\n' : '\n');
  }

  #lines(): readonly string[] {
    return this.#text.split(this.eol === EndOfLine.CRLF ? '\r\n' : '\n');
  }

  #place({ line, character }: Place): Place {
    const lines = this.#lines();
    const last = lines.length - 1;
    if (line > last) return { line: last, character: lines[last]?.length ?? 0 };
    return { line, character: Math.min(character, lines[line]?.length ?? 0) };
  }

  #offset({ line, character }: Place): number {
    const end = this.eol === EndOfLine.CRLF ? 2 : 1;
    const before = this.#lines().slice(0, line);
    return before.reduce((sum, text) => sum + text.length + end, 0) + character;
  }
}

type Step =
  | { readonly do: 'replace'; readonly uri: FakeUri; readonly range: Range; readonly text: string }
  | { readonly do: 'rename'; readonly from: FakeUri; readonly to: FakeUri }
  | { readonly do: 'create'; readonly uri: FakeUri; readonly contents: Uint8Array }
  | { readonly do: 'delete'; readonly uri: FakeUri };

export class WorkspaceEdit {
  readonly steps: Step[] = [];
  replace(uri: FakeUri, range: Range, text: string): void {
    this.steps.push({ do: 'replace', uri, range, text });
  }
  renameFile(from: FakeUri, to: FakeUri): void {
    this.steps.push({ do: 'rename', from, to });
  }
  createFile(uri: FakeUri, { contents }: { readonly contents: Uint8Array }): void {
    this.steps.push({ do: 'create', uri, contents });
  }
  deleteFile(uri: FakeUri): void {
    this.steps.push({ do: 'delete', uri });
  }
}

/** The editors of a window. */
export class FakeEditors {
  readonly isTrusted: boolean = true;
  textDocuments: FakeDocument[] = [];
  /** The edits that were applied. */
  readonly applied: WorkspaceEdit[] = [];
  /** Called before a document is opened. */
  onOpen: () => void = () => undefined;
  /** Of documents that are opened from now on. */
  encoding = 'utf8';

  readonly openTextDocument = async (uri: FakeUri): Promise<FakeDocument> => {
    this.onOpen();
    const known = this.textDocuments.find((document) => document.uri.path === uri.path);
    if (known !== undefined) return known;
    const opened = new FakeDocument(uri, this.encoding);
    this.textDocuments.push(opened);
    return opened;
  };

  readonly applyEdit = async (edit: WorkspaceEdit): Promise<boolean> => {
    this.applied.push(edit);
    const documents = new Map<string, Step[]>();
    for (const step of edit.steps) {
      if (step.do !== 'replace') this.#change(step);
      else documents.set(step.uri.path, [...(documents.get(step.uri.path) ?? []), step]);
    }
    for (const steps of documents.values()) await this.#edit(steps);
    return true;
  };

  #change(step: Exclude<Step, { do: 'replace' }>): void {
    if (step.do === 'rename') {
      if (existsSync(step.to.fsPath)) throw new Error('It is there already.');
      mkdirSync(path.dirname(step.to.fsPath), { recursive: true });
      renameSync(step.from.fsPath, step.to.fsPath);
      const moved = this.textDocuments.find(({ uri }) => uri.path === step.from.path);
      if (moved !== undefined) moved.uri = step.to;
    } else if (step.do === 'create') {
      if (existsSync(step.uri.fsPath)) throw new Error('It is there already.');
      mkdirSync(path.dirname(step.uri.fsPath), { recursive: true });
      writeFileSync(step.uri.fsPath, step.contents);
    } else {
      rmSync(step.uri.fsPath);
      this.textDocuments = this.textDocuments.filter(({ uri }) => uri.path !== step.uri.path);
    }
  }

  /** All ranges of a file are those of the text before. */
  async #edit(steps: readonly Step[]): Promise<void> {
    for (const step of steps.toReversed()) {
      if (step.do !== 'replace') continue;
      (await this.openTextDocument(step.uri)).replace(step.range, step.text);
    }
  }
}
