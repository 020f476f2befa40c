import type { RuleTool } from './ruleTools.ts';

/** A tool call that is to be decided. */
export interface RuleCall {
  readonly tool: RuleTool;
  /** The arguments, as they will be used. */
  readonly input: unknown;
  /** The agent that makes the call. */
  readonly agent?: string;
  /** Whether nobody watches the run. */
  readonly isUnattended: boolean;
  /** Of a path: where it leads after links are followed. */
  readonly leadsTo?: Lead;
  /** The same of the other arguments that are paths, by their names. */
  readonly othersLeadTo?: { readonly [argument: string]: Lead };
  /** Of a URL: the addresses to which its host was resolved. */
  readonly addresses?: readonly string[];
}

/** A workspace path, or that something leads out of the workspace. */
export type Lead = { readonly path: string } | 'outside';
