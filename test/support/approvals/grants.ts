import fc from 'fast-check';
import { exactRule, patternRule } from '../../../src/core/approvals/rules/clickRule.ts';
import { decide } from '../../../src/core/approvals/rules/decide.ts';
import { previewOf } from '../../../src/core/approvals/rules/preview.ts';
import { readRules } from '../../../src/core/approvals/rules/readRules.ts';
import type { Rule } from '../../../src/core/approvals/rules/rule.ts';
import type { RuleCall } from '../../../src/core/approvals/rules/ruleCall.ts';
import {
  findRuleTool,
  knownTools,
  ruleToolOf,
} from '../../../src/core/approvals/rules/ruleTools.ts';
import { isListed } from './listed.ts';
import { linux } from './ruleFixtures.ts';
import { inputsOf, presentTools } from './toolInputs.ts';

/** A rule that somebody made, and a call that comes later. */
export interface GrantCase {
  readonly rule: RuleSource;
  /** The tool that is called; the rule is about this one, too, unless it names another. */
  readonly tool: string;
  /** The command, address or path of the call; empty for a tool without one. */
  readonly text: string;
  /** The other arguments of the call, by the schema of the tool. */
  readonly more?: { readonly [name: string]: unknown };
  readonly agent?: string;
  readonly isUnattended?: boolean;
}

const tools = knownTools(presentTools);

/** A rule that was written, or that came from a click on a call. */
type SpecifierSource =
  | { readonly kind: 'written'; readonly specifier: string }
  | { readonly kind: 'clicked'; readonly text: string; readonly isPattern: boolean };

/** Such a rule, or one about all calls of a tool, with conditions. */
type RuleSource =
  | SpecifierSource
  | { readonly kind: 'whole'; readonly tool: string; readonly conditions: string };

/** What became of a case; `leaked` when something was allowed that the preview does not list. */
export type GrantOutcome = 'no rule' | 'not allowed' | 'granted' | 'leaked';

/** Makes the rule, decides the call, and compares with what the rule's preview lists. */
export function outcomeOf(one: GrantCase): GrantOutcome {
  const { rule: source, tool, text, agent, isUnattended = false } = one;
  const rule = ruleOf(source, tool);
  if (rule === undefined) return 'no rule';
  const call = {
    ...callOf(tool, text, one.more),
    isUnattended,
    ...(agent === undefined ? {} : { agent }),
  };
  const { verdict, by } = decide([rule], call, linux);
  if (verdict !== 'allow' || by.kind !== 'rule') return 'not allowed';
  return isListed(previewOf(rule).covers, { tool, text, agent, isUnattended })
    ? 'granted'
    : 'leaked';
}

/** A call of a tool as it is now. */
function callOf(tool: string, text: string, more: object = {}): RuleCall {
  const present = presentTools.find(({ name }) => name === tool);
  const found = present === undefined ? findRuleTool(tool, tools) : ruleToolOf(present);
  if (found === undefined) throw new Error(`There is no tool ${tool}.`);
  const { subject } = found;
  const input = subject === undefined ? more : { ...more, [subject.argument]: text };
  return { tool: found, input, isUnattended: false };
}

function ruleOf(source: RuleSource, tool: string): Rule | undefined {
  const reading = { tools, system: linux };
  if (source.kind !== 'clicked') {
    const text =
      source.kind === 'whole'
        ? `allow ${source.tool}${source.conditions}`
        : `allow ${tool}(${source.specifier})`;
    return readRules(text, { place: 'run', ...reading }).rules?.[0];
  }
  const call = callOf(tool, source.text);
  if (source.isPattern) return patternRule(call, reading)?.rule;
  const exact = exactRule(call, reading);
  return 'rule' in exact ? exact.rule : undefined;
}

const commandWords = fc.constantFrom(
  ...[
    'npm',
    'test',
    'run',
    'build',
    'git',
    'log',
    'eslint',
    'src',
    'src/a.ts',
    '-n',
    '5',
    '--fix',
    '--',
    'a b',
  ],
  ...[
    'npm run',
    'x=1',
    '.',
    '..',
    '../x',
    '/etc',
    '.env',
    '--config',
    '-c',
    '--output=x',
    'node',
    'sh',
    'env',
    'sudo',
  ],
);
const oddPieces = fc.constantFrom(
  ...[
    ';',
    '&&',
    '||',
    '|',
    '&',
    '\n',
    '\r',
    '\t',
    '$(x)',
    '`x`',
    '$IFS',
    `$\{IFS}`,
    '>',
    '<',
    '<(x)',
    '2>&1',
    '<<E',
  ],
  ...[
    '"',
    "'",
    '\\',
    '!',
    '#',
    '~',
    '*',
    '?',
    '[a]',
    '{a,b}',
    '%',
    '^',
    '(',
    ')',
    '=',
    '@',
    ',',
    ':',
    '+',
    '-',
  ],
  ...[
    '\u200b',
    '\u202e',
    '\u00a0',
    '\u0430',
    '\uff1b',
    '\u0000',
    '\u001b',
    '\ud800',
    'A=1',
    '/',
    './',
    '../',
    '\u00e9',
  ],
);
const spaces = fc.constantFrom(' ', ' ', ' ', '  ', '', '\t', '\n');

function quotedWord(word: string, quote: string): string {
  return `${quote}${word}${quote}`;
}

const commandLine = fc
  .array(
    fc.oneof(
      { weight: 12, arbitrary: commandWords },
      {
        weight: 2,
        arbitrary: fc
          .tuple(commandWords, fc.constantFrom('"', "'"))
          .map(([word, quote]) => quotedWord(word, quote)),
      },
      { weight: 2, arbitrary: oddPieces },
      { weight: 1, arbitrary: fc.tuple(commandWords, oddPieces).map((pair) => pair.join('')) },
      { weight: 1, arbitrary: fc.string({ maxLength: 5, unit: 'grapheme' }) },
    ),
    { minLength: 1, maxLength: 6 },
  )
  .chain((words) =>
    fc
      .array(spaces, { minLength: words.length, maxLength: words.length })
      .map((between) =>
        words.map((word, index) => `${index === 0 ? '' : between[index]}${word}`).join(''),
      ),
  );

const hosts = fc.constantFrom(
  ...[
    'docs.example.com',
    'example.com',
    'evil.example',
    'localhost',
    '127.0.0.1',
    '[::1]',
    '2130706433',
    'EXAMPLE.com',
  ],
  ...[
    'example.com.',
    'user@example.com',
    'example.com@evil.example',
    'ex\u0430mple.com',
    'example.com%2eevil',
    'a.example.com',
  ],
);
const pathPieces = fc.constantFrom(
  ...[
    'api',
    'v1',
    'x',
    '',
    '.',
    '..',
    '%2e%2e',
    '%2E',
    '%252e',
    '%2f',
    '..%2f',
    '%5c',
    '\\',
    ';',
    '..;',
    '%61pi',
    'API',
    '%00',
    '%',
    '*',
    '\u00e9',
    '#',
    '?',
  ],
);
const queries = fc.constantFrom(
  '',
  '',
  '',
  '?',
  '?q=a',
  '?q=b',
  '?q=a&r=b',
  '?*',
  '?q=*',
  '#x',
  '?q=%61',
);
const address = fc
  .tuple(
    fc.constantFrom(
      'https://',
      'https://',
      'https://',
      'http://',
      'HTTPS://',
      'https:/',
      'ftp://',
      'https:\\\\',
      '',
    ),
    hosts,
    fc.constantFrom('', '', '', ':443', ':80', ':8443', ':0443'),
    fc.array(pathPieces, { maxLength: 4 }),
    queries,
  )
  .map(([scheme, host, port, path, query]) => `${scheme}${host}${port}/${path.join('/')}${query}`);

const names = fc.constantFrom(
  ...[
    'src',
    'a.ts',
    'b',
    'docs',
    '..',
    '.',
    '',
    '.git',
    '.vscode',
    '.env',
    'SRC',
    'a b',
    '\u00e9',
    'x\u200b',
    '*',
    '**',
    '?',
    '\\',
    'my.rules',
    'saved',
  ],
);
const filePath = fc
  .tuple(
    fc.constantFrom('', '', '', '/', './', '../'),
    fc.array(names, { minLength: 1, maxLength: 5 }),
  )
  .map(([start, parts]) => `${start}${parts.join('/')}`);

/** Rules' specifiers near the texts of calls: what a person would write, and what goes wrong. */
function written(
  texts: fc.Arbitrary<string>,
  endings: readonly string[],
): fc.Arbitrary<SpecifierSource> {
  return fc
    .tuple(texts, fc.constantFrom(...endings))
    .map(([text, ending]) => ({ kind: 'written', specifier: `${text}${ending}` }));
}

function clicked(texts: fc.Arbitrary<string>): fc.Arbitrary<SpecifierSource> {
  return fc
    .tuple(texts, fc.boolean())
    .map(([text, isPattern]) => ({ kind: 'clicked', text, isPattern }));
}

const usual = {
  run_command: [
    'npm test',
    'npm run *',
    'npm run build',
    'git log *',
    'eslint *',
    'eslint src *',
    'git log -n 5',
  ],
  fetch_url: [
    'domain:docs.example.com',
    'domain:example.com',
    'https://example.com/api/*',
    'https://example.com/api/v1',
    'https://example.com/*?*',
    'https://example.com/x?q=*',
    'http://localhost:80/*',
    'https://example.com/api/*?q=a',
  ],
  ...ofPathTools(['src/**', 'src/*', 'src/a.ts', 'docs/*.md', 'src/**/a.ts', 'src/?']),
} as const;

/** The tools whose calls name a file. */
const pathTools = ['write_file', 'edit_file', 'delete_file', 'rename_file', 'read_file'] as const;

function ofPathTools<T>(one: T): { readonly [N in (typeof pathTools)[number]]: T } {
  return {
    ...{ write_file: one, edit_file: one, delete_file: one },
    ...{ rename_file: one, read_file: one },
  };
}

/** Calls that people allow with a click. */
const plain = {
  run_command: [
    'npm test',
    'npm run build',
    'git log -n 5',
    'eslint src',
    'npm test && npm run build',
  ],
  fetch_url: [
    'https://example.com/api/v1',
    'https://docs.example.com/',
    'https://example.com/x?q=a',
  ],
  ...ofPathTools(['src/a.ts', 'docs/b']),
} as const;

function casesOf(
  tool: keyof typeof usual,
  texts: fc.Arbitrary<string>,
  endings: readonly string[],
): fc.Arbitrary<GrantCase> {
  const known = fc
    .constantFrom(...usual[tool])
    .map((specifier): SpecifierSource => ({ kind: 'written', specifier }));
  const rule = fc.oneof(
    { weight: 3, arbitrary: known },
    { weight: 1, arbitrary: written(texts, endings) },
    { weight: 1, arbitrary: clicked(texts) },
    { weight: 2, arbitrary: clicked(fc.constantFrom(...plain[tool])) },
  );
  // Calls begin as the rule does, and then go on in some way; or they are anything.
  const near = fc
    .tuple(rule, texts, fc.constantFrom('', ' ', '/', ';', '?'))
    .map(([source, text, between]) => {
      const own = source.kind === 'written' ? source.specifier : source.text;
      const start = own.replace(/^domain:/, 'https://').replace(/[*?]+$/, '');
      return { rule: source, tool, text: `${start}${between}${text}` };
    });
  const same = rule.map((source) => ({
    rule: source,
    tool,
    text: source.kind === 'written' ? source.specifier : source.text,
  }));
  const any = fc.record({ rule, tool: fc.constant(tool), text: texts });
  const cases = fc.oneof(
    { weight: 4, arbitrary: near },
    { weight: 1, arbitrary: same },
    { weight: 2, arbitrary: any },
  );
  return fc.tuple(cases, inputsOf(toolNamed(tool))).map(([one, more]) => ({ ...one, more }));
}

function toolNamed(wanted: string) {
  const found = presentTools.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`There is no tool ${wanted}.`);
  return found;
}

const conditions = fc.constantFrom('', '', ' agent=lead', ' unattended', ' agent=lead unattended');

/** Rules about all calls of a tool, and calls of that tool or another one, by some agent. */
const wholeCase: fc.Arbitrary<GrantCase> = fc
  .tuple(
    fc.constantFrom(...presentTools.map(({ name }) => name), 'lm:github'),
    fc.constantFrom(...presentTools),
    fc.boolean(),
    conditions,
  )
  .chain(([named, other, isSame, of]) => {
    const called = (isSame ? presentTools.find(({ name }) => name === named) : undefined) ?? other;
    const rule: RuleSource = { kind: 'whole', tool: named, conditions: of };
    return fc.record(
      {
        ...{ rule: fc.constant(rule), tool: fc.constant(called.name) },
        ...{ text: fc.constantFrom('src/a.ts', 'npm test'), more: inputsOf(called) },
        ...{ agent: fc.constantFrom('lead', 'helper', 'Lead'), isUnattended: fc.boolean() },
      },
      { requiredKeys: ['rule', 'tool', 'text', 'more'] },
    );
  });

/** Rules and calls of all tools, with their schemas as they are now. */
export const grantCase: fc.Arbitrary<GrantCase> = fc.oneof(
  { weight: 5, arbitrary: casesOf('run_command', commandLine, ['', ' *', '*', ' * x']) },
  { weight: 5, arbitrary: casesOf('fetch_url', address, ['', '*', '/*', '?*']) },
  ...pathTools.map((tool) => ({
    weight: 1,
    arbitrary: casesOf(tool, filePath, ['', '/*', '/**', '*']),
  })),
  { weight: 4, arbitrary: wholeCase },
);
