/** Expressions that take a backtracking engine exponential or high polynomial time. */
const shapes: readonly ((atom: string) => string)[] = [
  (atom) => `^(${atom}+)+$`,
  (atom) => `(${atom}|${atom})*!!`,
  (atom) => `(${atom}|${atom}${atom})+$`,
  (atom) => `(.*${atom}){12}!!`,
  (atom) => `((${atom}*)*)*!!`,
  (atom) => `(${atom}+${atom}+)+!!`,
  (atom) => `(${atom}?){25}${atom}{25}!!`,
  (atom) => `^(${atom}|${atom}?)+$`,
  (atom) => `(${atom}+){2,}!!`,
  (atom) => `^(?:${atom}*)*[0-9]$`,
  (atom) => `${atom}*${atom}*${atom}*${atom}*${atom}*!!`,
  (atom) => `(?:${atom}+[^!]?)+!!`,
];

const atoms = [
  'a',
  '[a-z]',
  '\\w',
  '.',
  '(a)',
  '\\S',
  '[^!]',
  '(?:a)',
  '[aA]',
  '\\pL',
  '\\D',
  '(?:a{1,3})',
];

/** Expressions from published libraries, as reported. */
const reported: readonly string[] = [
  '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '^(.+\\.)+[a-z]+$',
  '^(\\w+\\s?)*$',
  '^([\\w.-]+)+@([\\w-]+\\.)+[\\w-]{2,4}$',
  '\\s*#?\\s*((?:[^\\s]+\\s*)+)!!',
  '^\\s+|\\s+$',
  '(?:\\s*,\\s*)*!!',
  '^(?:[^"\\\\]|\\\\.|"(?:[^"]|"")*")*!!$',
  '^(-?\\d+|\\d+\\.?)+$',
  '(\\[[^\\]]*\\]|[^\\[])*!!',
  '^(([^/]+)/?)*$',
  '(x+x+)+y',
  '(([a-z0-9]+)?.)*!!',
  '^([0-9a-z]*,?)*$',
];

/** More than 200 catastrophic expressions. */
export const hostilePatterns: readonly string[] = [
  ...shapes.flatMap((shape) => atoms.map(shape)),
  ...reported,
].flatMap((one) => (one.startsWith('^') ? [one] : [one, `^${one}`]));

/** Lines that trigger their worst case. */
export const hostileLines: readonly string[] = ['a', ' ', 'a.', 'a/'].map(
  (unit) => `${unit.repeat(20_000 / unit.length)}?\n`,
);
