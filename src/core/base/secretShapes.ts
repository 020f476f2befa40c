/** A kind of secret that is recognised by its shape. */
interface SecretShape {
  /** The group `before` is kept. Every repetition is bounded, or cannot backtrack. */
  readonly shape: RegExp;
  /** A quick check whether the pattern can match at all. */
  readonly mayMatch?: RegExp;
}

/** The prefixes of vendors' keys, with the characters that follow. */
const prefixedKeys = [
  'sk-[\\w*.-]{12,}',
  '(?:sk|rk|pk)_(?:live|test)_\\w{10,}',
  'gh[a-z]_\\w{20,}',
  'github_pat_\\w{20,}',
  'glpat-[\\w-]{16,}',
  'xox[a-z]-[\\w-]{8,}',
  'xapp-[\\w-]{8,}',
  'xai-[\\w-]{20,}',
  'gsk_\\w{20,}',
  'hf_\\w{20,}',
  'npm_\\w{20,}',
  'AIza[\\w-]{30,}',
  '(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA)[A-Z0-9]{12,}\\w*',
].join('|');

const secretName =
  '(?:access[-_]?)?token|api[-_]?key|access[-_]?key|account[-_]?key|secret|password|passwd|pwd';

/**
 * All shapes in search order: those that can contain others come first. The patterns allow a terminal colour
 * directly before a secret: its `m` is not part of a word, with or without the escape character.
 */
export const secretShapes: readonly SecretShape[] = [
  {
    // A key without its end marker reaches to the end of the text.
    shape:
      /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
    mayMatch: /PRIVATE KEY-----/,
  },
  {
    // User name and password, or a token, before the host of a URL.
    shape: /(?<before>:\/\/)[^\s/?#"'<>]+(?=@)/g,
    mayMatch: /:\/\//,
  },
  {
    shape:
      /(?<before>(?:\b|(?<=\[[\d;]{0,16}m))(?:proxy-)?authorization["']?\s{0,3}[:=]\s{0,3}["']?)(?:[A-Za-z]{1,20}\s{1,3})?[^\s"',;]+/gi,
    mayMatch: /authorization/i,
  },
  {
    shape:
      /(?<before>(?:\b|(?<=\[[\d;]{0,16}m))(?:x-(?:goog-)?api-key|api-key|ocp-apim-subscription-key|x-auth-token)["']?\s{0,3}[:=]\s{0,3}["']?)[^\s"',;&]+/gi,
    mayMatch: /key|token/i,
  },
  {
    // All cookies, because their names do not show which ones are secret.
    shape:
      /(?<before>(?:\b|(?<=\[[\d;]{0,16}m))(?:set-)?cookie["']?\s{0,3}:\s{0,3}["']?)[^\r\n"']+/gi,
    mayMatch: /cookie/i,
  },
  {
    // The token must contain a digit or symbol, so that ordinary words do not match.
    shape:
      /(?<before>(?:\b|(?<=\[[\d;]{0,16}m))Bearer\s{1,3})(?=[a-z]{0,200}[\d._~+/=*-])[\w.~+/=*-]{12,}/gi,
    mayMatch: /bearer/i,
  },
  {
    // In a URL query, where a name such as `key` is enough.
    shape:
      /(?<before>[?&;](?:[\w.-]{0,30}[-_.])?(?:key|token|secret|sig|signature|auth|pass)=)[^\s&#"'<>]+/gi,
    mayMatch: /[?&;]/,
  },
  {
    shape: new RegExp(`(?<before>\\b[\\w-]{0,30}(?:${secretName})=["']?)[^\\s"'&,;<>]{4,}`, 'gi'),
    mayMatch: /=/,
  },
  {
    // In JSON.
    shape: new RegExp(
      `(?<before>["'][\\w-]{0,30}(?:${secretName})["']\\s{0,3}:\\s{0,3}["'])[^\\s"']{4,}`,
      'gi',
    ),
    mayMatch: /["']\s{0,3}:/,
  },
  { shape: new RegExp(`(?:(?<!\\w)|(?<=\\[[\\d;]{0,16}m))(?:${prefixedKeys})`, 'g') },
  {
    // A JSON web token: two or three parts, the first of which is a JSON object.
    shape: /(?:(?<![\w-])|(?<=\[[\d;]{0,16}m))eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g,
    mayMatch: /eyJ/,
  },
];
