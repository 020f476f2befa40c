import { isLocalOrReserved } from '../../base/hostReach.ts';
import { isProtected } from '../../base/protectedFiles.ts';
import { maxCommandLength } from './command/commandLine.ts';
import { asCompared, placeOf } from './path/workspaceForm.ts';
import type { Rule } from './rule.ts';
import type { RuleCall } from './ruleCall.ts';
import type { RuleSystem } from './ruleSystem.ts';
import type { Subject } from './subject.ts';
import type { ReadUrl } from './url/readUrl.ts';
import { coversUrl } from './url/urlSpecifier.ts';

/**
 * Why no rule lets a call through; undefined when rules decide. `allowing` are the allow rules that are
 * about the call's tool and agent: one that names host and port opens an address of a private network.
 */
export function floorOf(
  call: RuleCall,
  subject: Subject,
  allowing: readonly Rule[],
  system: RuleSystem,
): string | undefined {
  if (subject.kind === 'path') return pathFloor(call, subject.text, system);
  if (subject.kind === 'url') return urlFloor(call, subject.url, allowing);
  const isTooLong = subject.kind === 'command' && subject.text.length > maxCommandLength;
  return isTooLong ? 'The command line is too long to be looked at.' : undefined;
}

function pathFloor(call: RuleCall, text: string, system: RuleSystem): string | undefined {
  if (call.leadsTo === 'outside') return 'The path leads out of the workspace.';
  const target = call.leadsTo?.path;
  // Where the place was looked up, an absolute path may well lie in the workspace.
  const isAbsolute = target !== undefined && /^(?:[/\\]|[A-Za-z]:)/.test(text);
  const texts = [...(isAbsolute ? [] : [text]), ...(target === undefined ? [] : [target])];
  const isWrite = call.tool.effect !== 'read' && call.tool.effect !== 'pure';
  for (const one of texts) {
    const place = placeOf(one, system);
    if ('problem' in place) return place.problem;
    const why = nameFloor(place.names, isWrite, system);
    if (why !== undefined) return why;
  }
  return undefined;
}

function nameFloor(
  names: readonly string[],
  isWrite: boolean,
  system: RuleSystem,
): string | undefined {
  if (isProtected(names, 'file')) {
    return 'Files that usually hold credentials, and the history of the repository, are kept from tools.';
  }
  const path = names.join('/').normalize('NFKC').toLowerCase();
  if (isWrite && /(?:^|\/)\.vscode(?:\/|$)|\.code-workspace$/.test(path)) {
    return 'The settings of the workspace are kept from tools.';
  }
  const compared = asCompared(names.join('/'), system);
  const isOwn = system.ownPaths.some((own) => {
    const folder = asCompared(own, system);
    return compared === folder || compared.startsWith(`${folder}/`);
  });
  return isOwn ? 'Rules and saved runs are kept from tools.' : undefined;
}

function urlFloor(
  { addresses = [] }: RuleCall,
  { requested: url }: ReadUrl,
  allowing: readonly Rule[],
): string | undefined {
  if ('problem' in url) return url.problem;
  const isLocal = [url.host, ...addresses].some(isLocalOrReserved);
  if (!isLocal) return undefined;
  const isNamed = allowing.some(
    ({ specifier }) =>
      specifier?.kind === 'url' && specifier.namesPort && coversUrl(specifier, url),
  );
  if (isNamed) return undefined;
  return 'Addresses of this machine and of private networks are requested only where a rule names host and port.';
}
