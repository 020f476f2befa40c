import type { Protocol } from '../contenders/trial.ts';
import { type ContenderChoice, contenderOf, speaking } from '../lab/contenders.ts';
import type { Figure } from '../lab/figures.ts';
import { certificateAuthority, type Lab } from '../lab/processes.ts';
import { decimals, type Table } from '../lab/table.ts';
import { printRemarks } from '../lab/trials.ts';
import { measureWhole, type WholeResult } from '../lab/wholeTrials.ts';
import { defaultSettings, unlimited } from '../simulator/settings.ts';
import { shortSystemPrompt } from '../workload/workload.ts';
import { contendersOf, oneNumber, type Part, type PartOptions } from './part.ts';

const own = ['cli', 'interleave', 'raw'].map(contenderOf);

/** For how long the tools of a turn run: at once, and longer than Node's servers keep an idle socket. */
const toolTimes = [
  { name: 'at once', key: 'quick', toolMs: 0 },
  { name: '6 s a turn', key: 'slow', toolMs: 6_000 },
] as const;

/** Sockets and handshakes at a server on this machine, over TLS. These are counts, not times. */
export const tlsPart: Part = {
  name: 'tls',
  describe: 'sockets and TLS handshakes of a conversation, with quick and with slow tools',
  programs: (options) => tlsContenders(options).map(({ program }) => program),
  measure: async (lab, options) => {
    const tables: Table[] = [];
    const figures: Figure[] = [];
    for (const protocol of options.protocols) {
      const { rows, figures: found } = await measureProtocol(lab, options, protocol);
      tables.push({
        title: `TLS, ${protocol}: ${oneNumber(options, 100)} conversations at once`,
        heads: [
          'contender',
          'tools take',
          'right',
          'sockets/conv',
          'handshakes/conv',
          'of them resumed',
        ],
        rows,
      });
      figures.push(...found);
    }
    return { tables, figures };
  },
};

/** The floor does not speak HTTPS. */
function tlsContenders(options: PartOptions): readonly ContenderChoice[] {
  return contendersOf({ ...options, peers: [] }, own).filter(
    ({ program }) => program !== 'http-floor',
  );
}

async function measureProtocol(
  lab: Lab,
  options: PartOptions,
  protocol: Protocol,
): Promise<{ readonly rows: string[][]; readonly figures: Figure[] }> {
  const conversations = oneNumber(options, 100);
  const rows: string[][] = [];
  const figures: Figure[] = [];
  for (const { name, key, toolMs } of toolTimes) {
    for (const contender of speaking(tlsContenders(options), protocol)) {
      // The tools of the command line are its own.
      if (contender.isCommandLine && toolMs > 0) continue;
      console.error(`tls, ${protocol}: ${contender.name}, tools ${name} …`);
      const settings = { ...defaultSettings, limit: unlimited, seed: options.seed };
      const result = await measureWhole(overTls(lab), contender, settings, {
        ...{ protocol, conversations, toolMs, system: shortSystemPrompt },
        ...{ concurrency: 'unlimited', idleTimeoutMs: 60_000, deadlineMs: options.deadlineMs },
      });
      printRemarks([result]);
      rows.push(rowOf(result, name, conversations));
      const isOurs = contender.name === 'cli' || contender.name === 'interleave';
      if (isOurs) figures.push(...figuresOf(result, key, conversations));
    }
  }
  return { rows, figures };
}

/** The same lab, with the simulator's address over TLS for programs that trust its certificate. */
function overTls(lab: Lab): Lab {
  const trust = { NODE_EXTRA_CA_CERTS: certificateAuthority };
  return {
    ...lab,
    simulator: { ...lab.simulator, url: lab.simulator.tlsUrl },
    runProgram: ({ environment, ...program }) =>
      lab.runProgram({ ...program, environment: { ...environment, ...trust } }),
  };
}

function rowOf(
  { contender, score, statistics }: WholeResult,
  tools: string,
  conversations: number,
): string[] {
  const { sockets, handshakes, resumedHandshakes } = statistics;
  return [
    contender,
    tools,
    String(score.right),
    decimals(sockets / conversations, 2),
    decimals(handshakes / conversations, 2),
    decimals(resumedHandshakes / conversations, 2),
  ];
}

function figuresOf(
  { contender, protocol, score, statistics }: WholeResult,
  key: string,
  conversations: number,
): readonly Figure[] {
  const prefix = `tls/${protocol}/${contender}-${key}-tools`;
  const { sockets, handshakes } = statistics;
  return [
    { name: `${prefix}/not-right`, value: conversations - score.right, goal: '= 0', digits: 0 },
    {
      name: `${prefix}/sockets-over-conversations`,
      value: sockets / conversations,
      goal: '<= 1',
      digits: 2,
    },
    {
      name: `${prefix}/handshakes-over-conversations`,
      value: handshakes / conversations,
      goal: '<= 1',
      digits: 2,
    },
  ];
}
