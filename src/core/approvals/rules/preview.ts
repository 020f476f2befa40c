import type { Rule } from './rule.ts';
import { toolsWithSubject } from './ruleTools.ts';
import type { UrlSpecifier } from './url/urlSpecifier.ts';

/** What a rule that allows lets through, said before it is made. */
export interface GrantPreview {
  /** Each line says some of what is covered; together they say all of it. */
  readonly covers: readonly string[];
  /** What looks alike and is asked about all the same. */
  readonly asksFor: readonly string[];
}

/** What an allow rule covers. */
export function previewOf(rule: Rule): GrantPreview {
  const conditions = [
    ...(rule.agent === undefined ? [] : [`only calls of the agent ${rule.agent}`]),
    ...(rule.isForUnattended ? ['only in runs that nobody watches'] : []),
  ];
  const { covers, asksFor } = previewOfSpecifier(rule);
  return { covers: [...covers, ...conditions], asksFor };
}

function previewOfSpecifier({ specifier, tool }: Rule): GrantPreview {
  if (specifier === undefined) return { covers: [`every call of ${tool}`], asksFor: [] };
  switch (specifier.kind) {
    case 'command':
      if (!specifier.isOpen) return { covers: [`the command: ${specifier.text}`], asksFor: [] };
      return {
        covers: [`commands of one or more plain words after: ${specifier.text}`],
        asksFor: openCommandAsks,
      };
    case 'url':
      return previewOfUrl(specifier);
    case 'path':
      return {
        covers: [`files of the workspace that match: ${specifier.glob}`],
        asksFor: [isReading(tool) ? keptFromReading : keptFromWriting],
      };
  }
}

const keptFromWriting = 'files of credentials, settings of the workspace and its history: never';
const keptFromReading = 'files of credentials and the history of the workspace: never';

function isReading(tool: string): boolean {
  return toolsWithSubject.find(({ name }) => name === tool)?.effect === 'read';
}

const openCommandAsks = [
  'several commands, redirection, substitution, variables, wildcards',
  'options that may run a program, change settings or write a file',
  'absolute paths, "..", files of credentials',
];

function previewOfUrl(specifier: UrlSpecifier): GrantPreview {
  const { scheme, host, port, path, query } = specifier;
  const isStandard = port === (scheme === 'https' ? 443 : 80);
  const origin = `${scheme}://${host}${isStandard ? '' : `:${port}`}`;
  const below = path.kind === 'any' ? '/' : `/${path.segments.join('/')}`;
  const place =
    path.kind === 'exact' ? `the page ${origin}${below}` : `all pages below ${origin}${below}`;
  return {
    covers: [`${place}, ${queryWords[query.kind]}${'text' in query ? ` ${query.text}` : ''}`],
    asksFor: [
      'other hosts, ports and schemes, among them those that a page redirects to',
      ...(path.kind === 'any' ? [] : ['encoded separators and dots in the path']),
    ],
  };
}

const queryWords: { readonly [K in UrlSpecifier['query']['kind']]: string } = {
  any: 'with any query, which may carry data to this host',
  none: 'without a query',
  exact: 'with the query',
  prefix: 'with any query that begins with',
};
