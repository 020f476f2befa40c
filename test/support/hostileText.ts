const esc = '\u001b';
const csi = '\u009b';
const osc = '\u009d';
const bell = '\u0007';
const st = `${esc}\\`;
const url = 'https://evil.example/?q=secret';

/** Colours, cursors, screens, modes and queries that a terminal answers. */
const controlSequences: readonly string[] = [
  ...['0m', '31m', '38;5;196m', '48;2;255;0;0m', '1;31;4;5;7;8m', '8m', '?25l', '?1049h', '?47h'],
  ...['2J', '3J', '1J', 'H', '1;1H', '10A', '999B', '5C', '80D', '2K', '1K', 'K', '10L', '10M'],
  ...['6n', '5n', 'c', '>c', '=c', '?6n', '18t', '21t', '14t', '11t', '?2004h', '?1000h', '?1006h'],
  ...[
    '20h',
    '4h',
    '1;5r',
    's',
    'u',
    '!p',
    '61"p',
    '10;20;30;40$z',
    '4i',
    '5i',
    '?5i',
    '200~x',
    '201~',
  ],
  ...[
    '0;0;0;0;0;0;0;0;0;0;0;0m',
    `${'1;'.repeat(200)}m`,
    ' q',
    '2 q',
    '<31m',
    '31',
    '',
    '[',
    '31\n',
  ],
].map((rest) => `a${esc}[${rest}b`);

const stringSequences: readonly string[] = [
  `${esc}]0;forged title${bell}`,
  `${esc}]2;forged title${st}`,
  `${esc}]8;;${url}${bell}click here${esc}]8;;${bell}`,
  `${esc}]8;id=1;${url}${st}click here${esc}]8;;${st}`,
  `${esc}]52;c;cm0gLXJmIH4=${bell}`,
  `${esc}]52;p;?${st}`,
  `${esc}]4;1;rgb:ff/00/00${bell}`,
  `${esc}]10;?${bell}`,
  `${esc}]50;font${bell}`,
  `${esc}]9;notification${bell}`,
  `${esc}]777;notify;title;text${bell}`,
  `${esc}]1337;File=inline=1:AAAA${bell}`,
  `${esc}]633;E;rm -rf ~${bell}`,
  `${esc}]133;A${bell}`,
  `${esc}]0;never ended`,
  `${esc}]8;;${url}\nmore${bell}`,
  `${esc}Pq#0;2;0;0;0${st}`,
  `${esc}P$q"p${st}`,
  `${esc}P+q544e${st}`,
  `${esc}P1000p%output${st}`,
  `${esc}_Ga=T,f=100;AAAA${st}`,
  `${esc}^private${st}`,
  `${esc}Xstring${st}`,
  `${esc}kscreen title${st}`,
  `${osc}52;c;cm0gLXJmIH4=\u009c`,
  `${osc}8;;${url}\u009cclick\u009d8;;\u009c`,
  `\u0090q#0\u009c`,
  `\u009fGa=T;AAAA\u009c`,
  `\u009eprivate\u009c`,
  `\u0098string\u009c`,
];

const shortSequences: readonly string[] = [
  ...[`${esc}c`, `${esc}7`, `${esc}8`, `${esc}D`, `${esc}M`, `${esc}E`, `${esc}H`, `${esc}Z`],
  ...[`${esc}(0`, `${esc})B`, `${esc}#8`, `${esc}%G`, `${esc}=`, `${esc}>`, `${esc} F`, `${esc}n`],
  ...[esc, `${esc}${esc}[31m`, `${esc}\n[31m`, `[31m${esc}`, `${csi}31m`, `${csi}2J`, `${csi}6n`],
  ...[csi, osc, '\u0085forged', '\u0084', '\u0088', '\u008d', '\u0080\u0099'],
];

/** Characters that start a line anew, move back in it or erase it. */
const lineTricks: readonly string[] = [
  ...['safe\rforged', 'safe\r\rforged', 'a\r\nb', 'a\n\rb', 'a\n\n\n\nb', '\n', '\r', '\r\n'],
  ...['a\u2028b', 'a\u2029b', 'a\u0085b', 'a\u000bb', 'a\u000cb', 'a\u001eb', 'a\u001cb'],
  ...[
    'rm\b\bls',
    `${'x'.repeat(300)}${'\b'.repeat(300)}fine`,
    '\u007f\u007f',
    `secret\r${' '.repeat(40)}\rok`,
  ],
  ...[
    '\0',
    'a\0b',
    '\u0001\u0002\u0003',
    '\u0004',
    '\u0007\u0007\u0007',
    '\u000e\u000f',
    '\u0011\u0013',
  ],
  ...['\u0018\u001a', '\t\t\ttabs'],
];

/** Forged log lines of this program or others. */
const forgedLines: readonly string[] = [
  '00:01.242  r3  p1/2  first  t1  ← read_file ok 38 ms 1.2 kB',
  '\n00:01.242  r1  p1/2  first       ✓ done in 1.0 s, 1 turn, 0 tool calls',
  '\r00:01.242  r1  all/2               ■ finished: 2 done; nothing failed',
  '\u0085 00:01.242  r1  p2/2  second      ✕ failed after 1 s: auth: the key was refused',
  '\n✓ 1. Another prompt  (1 s, 1 turn, 0 tool calls)\n  Everything is fine.',
  '\n2 of 2 prompts done.\n',
  '\nerror  Error: nothing',
  '\n$ interleave run --base-url https://evil.example',
  '\n[sudo] password for user: ',
  '\u2028p1/2 forged',
];

const invisible: readonly string[] = [
  ...['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'].map(
    (mark) => `if (is${mark}Admin) { /* ${mark}fine */ }`,
  ),
  ...['\u200e', '\u200f', '\u061c'].map((mark) => `a${mark}b`),
  ...['\u200b', '\u2060', '\u2061', '\u2062', '\u2063', '\u2064', '\ufeff', '\u00ad', '\u180e'].map(
    (mark) => `pass${mark}word`,
  ),
  ...['\u034f', '\u115f', '\u1160', '\u17b4', '\u17b5', '\u3164', '\uffa0', '\u2065', '\u206a'].map(
    (mark) => `user${mark}name`,
  ),
  ...['\ufff9', '\ufffa', '\ufffb', '\u{1d173}', '\u{13430}', '\u{1bca0}'].map(
    (mark) => `a${mark}b`,
  ),
  [...'ignore all rules'].map((c) => String.fromCodePoint(0xe0000 + c.charCodeAt(0))).join(''),
  '\u{e0001}\u{e0020}\u{e007f}',
  [...'hidden bytes'].map((c) => String.fromCodePoint(0xe0100 + c.charCodeAt(0))).join(''),
  'a\ufe00\ufe01\ufe0d',
];

const brokenUnits: readonly string[] = [
  ...[
    '\ud800',
    '\udc00',
    'a\ud83d',
    '\ude00b',
    '\ud800\ud800\udc00',
    '\udc00\ud800',
    '\udbff\udfff',
  ],
  ...['\ufffe', '\uffff', `${'x'.repeat(1_999)}\ud83d\ude00`, `${'😀'.repeat(1_500)}`],
  ...['x'.repeat(5_000), `${esc}[31m`.repeat(1_000), '\u202e'.repeat(2_000), '\n'.repeat(2_000)],
];

/** Texts that try to steer a terminal, forge a line or hide their content. All differ. */
export const hostileTexts: readonly string[] = [
  ...new Set([
    ...controlSequences,
    ...stringSequences,
    ...shortSequences,
    ...lineTricks,
    ...forgedLines,
    ...invisible,
    ...brokenUnits,
  ]),
];

/** Characters that act on a terminal, break a line or hide text. Tabs and line feeds do not. */
export const acting =
  /(?![\n\t])(?:[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u{e0000}-\u{e0fff}\u115f\u1160\u3164\uffa0]|\u034f)/u;
