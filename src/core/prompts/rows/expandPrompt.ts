import { given } from '../../../shared/given.ts';
import { formatPromptId, parsePromptId } from '../../../shared/promptId.ts';
import { formatInteger, plural } from '../../../shared/quantities.ts';
import { didYouMean, nearMiss } from '../../base/nearMiss.ts';
import type { PromptOptions } from '../../base/promptOptions.ts';
import { quoted } from '../../base/text.ts';
import type { OfferedTools } from '../../base/toolEffect.ts';
import { errorAt, warningAt } from '../diagnostics.ts';
import type { Prompt, PromptDiagnostic } from '../prompt.ts';
import { span } from '../sourceText.ts';
import type { DataFiles } from './dataRows.ts';
import { readRows } from './dataRows.ts';
import type { DataSource } from './dataSource.ts';
import type { Row } from './row.ts';
import { DataError, laterColumn } from './row.ts';
import type { RowChoice } from './rowChoice.ts';
import { chooseRows, parseRanges } from './rowChoice.ts';
import { keyOfRow, nameOfRow, UniqueKeys } from './rowIdentity.ts';

/** How prompts become conversations. */
export interface RowOptions {
  readonly files: DataFiles;
  /** Data for all prompts, instead of their own. */
  readonly data?: DataSource;
  /** Opens the table of `data`, which may be anywhere; it is a file of the workspace when absent. */
  readonly openData?: () => AsyncIterable<Uint8Array>;
  /** Comes before the `rows` of a prompt. */
  readonly choice?: RowChoice;
  /** Max conversations. */
  readonly max: number;
  /** How messages name that limit. */
  readonly limitKey: string;
  /** Tools that a row may name; not checked when absent. */
  readonly knownTools?: OfferedTools | undefined;
  /** Names that have values besides those of the rows. */
  readonly names: ReadonlySet<string>;
}

/** The conversations that prompts make, and what is wrong with or odd about their data. */
export interface ExpandedPrompts<P extends Prompt = Prompt> {
  readonly prompts: readonly P[];
  readonly problems: readonly { readonly prompt: P; readonly problem: PromptDiagnostic }[];
}

/**
 * Makes of each prompt the conversations that it asks for: one for each row, each model and each repetition, in this
 * order. Never rejects.
 */
export async function expandPrompts<P extends Prompt>(
  prompts: readonly P[],
  options: RowOptions,
): Promise<ExpandedPrompts<P>> {
  const all: P[] = [];
  const problems: { prompt: P; problem: PromptDiagnostic }[] = [];
  for (const prompt of prompts) {
    const { range } = options.data ?? prompt.data ?? { range: span(prompt.range.line, 0, 0) };
    const report = (problem: PromptDiagnostic) => void problems.push({ prompt, problem });
    try {
      for await (const one of expandPrompt(prompt, options, report)) {
        // Too many prompts are counted when the run is planned; a table may have no end.
        const isMade = one.id !== prompt.id;
        if (isMade && all.length >= options.max) throw new DataError(tooMany(options));
        all.push(one);
      }
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      report(errorAt(range, 'data', error.message));
    }
  }
  return { prompts: all, problems };
}

function tooMany({ max, limitKey }: RowOptions): string {
  return `There are more than ${formatInteger(max)} conversations, the limit of a run. Choose rows, or raise ${limitKey}.`;
}

async function* expandPrompt<P extends Prompt>(
  prompt: P,
  options: RowOptions,
  report: (problem: PromptDiagnostic) => void,
): AsyncGenerator<P> {
  const source = options.data ?? prompt.data;
  if (source === undefined) {
    yield* variantsOf(prompt);
    return;
  }
  const { file } = parsePromptId(prompt.id);
  const remark = (text: string) => report(warningAt(source.range, 'data', text));
  const rows = readRows(source, {
    files: filesFor(options),
    folder: options.data === undefined ? file.slice(0, Math.max(0, file.lastIndexOf('/'))) : '',
    needsContent: prompt.template.some((part) => part.kind === 'column' && part.name === 'content'),
    onRemark: remark,
  });
  const keys = new UniqueKeys();
  let count = 0;
  let skipped = 0;
  for await (const row of chooseRows(rows, choiceFor(prompt, options))) {
    if (count === 0) reportNearMisses(prompt, row, options, report);
    count++;
    const key = keys.next(keyOfRow(row));
    if (isSkipped(row)) skipped++;
    else yield* variantsOf(withRow(prompt, row, options.knownTools), row, key);
  }
  if (count === 0) throw new DataError('There are no rows.');
  if (skipped > 0) remark(`${plural(skipped, 'row')} with _skip left out.`);
}

function filesFor({ files, data, openData }: RowOptions): DataFiles {
  return data === undefined || openData === undefined ? files : { ...files, open: openData };
}

function choiceFor({ rows }: Prompt, { choice = {} }: RowOptions): RowChoice {
  const ranges = choice.ranges ?? (rows === undefined ? undefined : parseRanges(rows));
  return { ...choice, ...(ranges === undefined ? {} : { ranges }) };
}

function isSkipped({ values }: Row): boolean {
  return /^(?:true|yes|y|x|1)$/i.test(values.get('_skip')?.trim() ?? '');
}

/** The prompt with the values of a row, and with the model and tools that it names. */
function withRow<P extends Prompt>(prompt: P, row: Row, knownTools: RowOptions['knownTools']): P {
  const { number, values } = row;
  const at = `Row ${formatInteger(number)}`;
  if ((values.get(laterColumn) ?? '').trim() !== '') {
    throw new DataError(
      `The column "${laterColumn}" is not supported by this version of Interleave; remove it.`,
    );
  }
  const model = values.get('_model')?.trim() ?? '';
  const tools = namesIn(values.get('_tools'));
  const unknown = tools?.find((name) => knownTools !== undefined && !knownTools.has(name));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, [...(knownTools?.keys() ?? [])]);
    throw new DataError(`${at}: there is no tool ${quoted(unknown)}.${hint}`);
  }
  if (model.length > 500) throw new DataError(`${at}: _model is too long.`);
  const options: PromptOptions = {
    ...prompt.options,
    ...(model === '' ? {} : { model }),
    ...(tools === undefined ? {} : { tools }),
  };
  const { models, ...rest } = prompt;
  const own = model === '' && models !== undefined ? { models } : {};
  return { ...(rest as P), ...own, options, row: values };
}

/** Names with commas or blanks between them; undefined where there are none. `-` allows no tools. */
function namesIn(text = ''): readonly string[] | undefined {
  if (text.trim() === '') return undefined;
  return text.trim() === '-' ? [] : text.split(/[,;\s]+/).filter((name) => name !== '');
}

/** The prompt once for each model and repetition. */
function* variantsOf<P extends Prompt>(prompt: P, row?: Row, key?: string): Generator<P> {
  const { models = [undefined], repeat = 1 } = prompt;
  const repeats = repeat === 1 ? [undefined] : Array.from({ length: repeat }, (_, at) => at + 1);
  for (const model of models) {
    for (const count of repeats) yield variant(prompt, { row, key, model, count });
  }
}

interface Variant {
  readonly row: Row | undefined;
  readonly key: string | undefined;
  readonly model: string | undefined;
  readonly count: number | undefined;
}

function variant<P extends Prompt>(prompt: P, { row, key, model, count }: Variant): P {
  const parts = given({ row: key, model, repeat: count });
  const names = [
    prompt.name,
    row && nameOfRow(row),
    model,
    count === undefined ? undefined : `${count}/${prompt.repeat}`,
  ];
  return {
    ...prompt,
    id: formatPromptId({ ...parsePromptId(prompt.id), ...parts }),
    name: names.filter((name) => name !== undefined).join(' · '),
    options: { ...prompt.options, ...given({ model }) },
  };
}

/** Warns of names in double braces that are no column but look like one. */
function reportNearMisses(
  { template, vars = {} }: Prompt,
  { values }: Row,
  { names }: RowOptions,
  report: (problem: PromptDiagnostic) => void,
): void {
  const known = [...values.keys(), ...Object.keys(vars), ...names];
  for (const part of template) {
    if (part.kind !== 'column' || known.includes(part.name)) continue;
    if (nearMiss(part.name, known) === undefined) continue;
    const message = `There is no column ${quoted(part.name)}: this stays text.${didYouMean(part.name, known)}`;
    report(warningAt(part.range, 'unknown-column', message));
  }
}
