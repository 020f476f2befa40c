import * as path from 'node:path';
import { withoutAgentEnding } from '../../shared/agentFileName.ts';
import type { AgentDefinition, FoundAgent } from '../base/agentDefinition.ts';
import { UserError } from '../base/errors.ts';
import { didYouMean } from '../base/nearMiss.ts';
import { nameInPath } from '../base/pathKey.ts';
import { quoted } from '../base/text.ts';

/** The agents of a run, and what is odd in their files, a line each. */
export interface ReachableAgents {
  readonly definitions: readonly AgentDefinition[];
  readonly remarks: readonly string[];
}

/** The agents that were found, to be looked up by name. */
export class AgentDirectory {
  readonly #found: readonly FoundAgent[];

  constructor(found: readonly FoundAgent[]) {
    this.#found = [...new Map(found.map((one) => [one.file, one])).values()];
  }

  /** The agent of this name; undefined when there is none. Throws a `UserError` when there are several. */
  named(name: string): FoundAgent | undefined {
    return one(this.#matching(name), name);
  }

  /** The error for a name that no agent has. */
  unknown(name: string): UserError {
    const names = this.#found.map(({ definition }) => definition.name);
    const known = [...new Set(names)].sort();
    if (known.length === 0) {
      return new UserError(
        `There is no agent named ${quoted(name)}, nor any other. Agent files are *.agent.md files in .github/agents or in ~/.copilot/agents.`,
      );
    }
    const hint = didYouMean(name, known);
    return new UserError(
      `There is no agent named ${quoted(name)}.${hint} There are: ${known.join(', ')}.`,
    );
  }

  /**
   * The agent that another one means by a name: of several, the one in the same folder. Throws a `UserError` when
   * there are several elsewhere.
   */
  besides(from: FoundAgent, name: string): FoundAgent | undefined {
    const all = this.#matching(name);
    const beside = all.filter(({ file }) => path.dirname(file) === path.dirname(from.file));
    return one(beside.length > 0 ? beside : all, name);
  }

  /**
   * This agent and all that its conversations may come to, each with the names under which the others are in
   * the list. Names that no agent has are left out. Throws a `UserError` when two of them have one name.
   */
  reachableFrom(first: readonly FoundAgent[]): ReachableAgents {
    const reached = new Map<FoundAgent, AgentDefinition>();
    const open = [...first];
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      if (reached.has(next)) continue;
      const { definition, others } = this.#linked(next);
      reached.set(next, definition);
      open.push(...others);
    }
    checkNames([...reached.keys()]);
    return {
      definitions: [...reached.values()],
      remarks: [...reached.keys()].flatMap(({ remarks }) => remarks),
    };
  }

  #linked(from: FoundAgent): {
    readonly definition: AgentDefinition;
    readonly others: readonly FoundAgent[];
  } {
    const { definition } = from;
    const handoffs = definition.handoffs.flatMap((handoff) => {
      const to = this.besides(from, handoff.agent);
      return to === undefined ? [] : [{ to, handoff: { ...handoff, agent: nameOf(to) } }];
    });
    const asked = definition.agents.flatMap((name) =>
      name === '*' ? this.#forOthers(from) : (this.besides(from, name) ?? []),
    );
    return {
      definition: {
        ...definition,
        handoffs: handoffs.map(({ handoff }) => handoff),
        agents: [...new Set(asked.map(nameOf))],
      },
      others: [...handoffs.map(({ to }) => to), ...asked],
    };
  }

  /** All that may be asked by any agent. A name that two of them have stands for none. */
  #forOthers(from: FoundAgent): readonly FoundAgent[] {
    const all = this.#found.filter((one) => one.isForOthers && one !== from);
    return all.filter((one) => all.filter((other) => nameOf(other) === nameOf(one)).length === 1);
  }

  /** By its name, else without regard to case, or by the name of its file. */
  #matching(name: string): readonly FoundAgent[] {
    const exact = this.#found.filter((one) => nameOf(one) === name);
    if (exact.length > 0) return exact;
    const wanted = name.toLowerCase();
    return this.#found.filter(
      (one) => nameOf(one).toLowerCase() === wanted || stemOf(one).toLowerCase() === wanted,
    );
  }
}

function nameOf({ definition }: FoundAgent): string {
  return definition.name;
}

function stemOf({ file }: FoundAgent): string {
  return withoutAgentEnding(nameInPath(file));
}

function one(agents: readonly FoundAgent[], name: string): FoundAgent | undefined {
  if (agents.length < 2) return agents[0];
  throw sameName(name, agents);
}

function checkNames(agents: readonly FoundAgent[]): void {
  for (const [index, agent] of agents.entries()) {
    const other = agents.slice(index + 1).find((next) => nameOf(next) === nameOf(agent));
    if (other !== undefined) throw sameName(nameOf(agent), [agent, other]);
  }
}

function sameName(name: string, agents: readonly FoundAgent[]): UserError {
  const files = agents.map(({ file }) => file).join(' and ');
  return new UserError(`Several agents are named ${quoted(name)}: ${files}. Rename all but one.`);
}
