/**
 * Characters that are blank or invisible, or that can carry hidden text, and are neither control nor format
 * characters. Written for a character class of a regular expression with the flag `u`.
 */
export const otherInvisible =
  '\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u2065\\u3164\\ufe00-\\ufe0f\\uffa0\\ufff0-\\ufff8' +
  '\\u{e0000}-\\u{e0fff}';

/** The flags that are made of tag characters: England, Scotland and Wales. */
const tagFlag = `\\u{1f3f4}(?:${['gbeng', 'gbsct', 'gbwls'].map(asTags).join('|')})\\u{e007f}`;

const unclear = new RegExp(
  `${tagFlag}|(?![\\n\\t])[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}${otherInvisible}]`,
  'gu',
);

/** Format characters that are visible: number signs of Arabic, Syriac and Kaithi. */
const seen = /^[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]$/u;

/** Scripts whose letters change their form next to a joiner or a non-joiner. */
const joining = [
  ...['Adlam', 'Arabic', 'Hanifi_Rohingya', 'Mandaic', 'Mongolian', 'Nko', 'Phags_Pa', 'Syriac'],
  ...['Bengali', 'Devanagari', 'Gujarati', 'Gurmukhi', 'Kannada', 'Khmer', 'Malayalam', 'Myanmar'],
  ...['Oriya', 'Sinhala', 'Tamil', 'Telugu', 'Balinese', 'Javanese', 'Tibetan'],
]
  .map((script) => `\\p{Script_Extensions=${script}}`)
  .join('');

/** A visible letter or mark of one of these scripts. */
const joiningLetter = `(?=[\\p{L}\\p{M}])(?![${otherInvisible}])[${joining}]`;

/** A letter of a script that is written from right to left. */
const rightToLeft = `(?=\\p{L})(?:${[
  ...['Adlam', 'Arabic', 'Hanifi_Rohingya', 'Hebrew', 'Mandaic', 'Nko', 'Samaritan', 'Syriac'],
  'Thaana',
]
  .map((script) => `\\p{Script=${script}}`)
  .join('|')})`;

/** A letter or mark of a script that writes no spaces between words. */
const withoutSpaces =
  '(?=[\\p{L}\\p{M}])(?:\\p{Script=Thai}|\\p{Script=Lao}|\\p{Script=Khmer}|\\p{Script=Myanmar})';

/** What must stand before and after an invisible character for it to be kept. */
interface Keeping {
  readonly character: RegExp;
  readonly before: RegExp;
  readonly after: RegExp;
}

const anything = /^/u;
const keepings: readonly Keeping[] = [
  // Variation selector: ❤️. One for each picture.
  { character: /[\ufe0e\ufe0f]/u, before: /\p{Extended_Pictographic}$/u, after: anything },
  // Keycap: 1️⃣.
  { character: /\ufe0f/u, before: /[0-9#*]$/u, after: /^\u20e3/u },
  // Joined pictures: 👩🏽‍🚀.
  {
    character: /\u200d/u,
    // Not one class: in Chromium 156, a class of a character and this property finds no modifier.
    before: /\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?$/u,
    after: /^\p{Extended_Pictographic}/u,
  },
  // Inside a word: می‌خواهم, ക്‍ഷ.
  {
    character: /[\u200c\u200d]/u,
    before: new RegExp(`${joiningLetter}$`, 'u'),
    after: new RegExp(`^${joiningLetter}`, 'u'),
  },
  // At the end of a word: ه‍, می‌.
  {
    character: /[\u200c\u200d]/u,
    before: new RegExp(`${joiningLetter}$`, 'u'),
    after: /^(?![\p{L}\p{M}\p{Cf}])/u,
  },
  // A direction mark beside a letter that is written from right to left. It turns punctuation, not words.
  {
    character: /[\u200e\u200f\u061c]/u,
    before: new RegExp(`${rightToLeft}$`, 'u'),
    after: anything,
  },
  {
    character: /[\u200e\u200f\u061c]/u,
    before: anything,
    after: new RegExp(`^${rightToLeft}`, 'u'),
  },
  // Where a line may break, in scripts that write no spaces: ភាសា​ខ្មែរ.
  {
    character: /\u200b/u,
    before: new RegExp(`${withoutSpaces}$`, 'u'),
    after: new RegExp(`^${withoutSpaces}`, 'u'),
  },
  {
    character: /[\u180b-\u180d\u180f]/u,
    before: /(?=\p{L})\p{Script=Mongolian}$/u,
    after: anything,
  },
  {
    character: /\u180e/u,
    before: /(?=\p{L})\p{Script=Mongolian}$/u,
    after: /^(?=\p{L})\p{Script=Mongolian}/u,
  },
];

/** Any character that can be kept. */
const keepable = /[\u180b-\u180f\u061c]|[\u200b-\u200f]|\ufe0e|\ufe0f/u;

/** How many UTF-16 units around a character decide whether it is kept. */
const context = 6;

/**
 * Makes invisible characters visible: control, bidirectional, zero-width, tag and other invisible characters
 * become `[U+202E]`. Tabs and line feeds stay, and so do parts of emoji, and what people write in words: joiners
 * (Persian, Hindi, Malayalam), direction marks beside Hebrew and Arabic, breaks of lines in Thai and Khmer. The result is well-formed. Idempotent.
 */
export function revealHidden(text: string): string {
  const wellFormed = text.toWellFormed().replaceAll('\r\n', '\n');
  return wellFormed.replace(unclear, (found: string, at: number) =>
    isKept(found, at, wellFormed) ? found : codePointName(found),
  );
}

function isKept(found: string, at: number, text: string): boolean {
  const end = at + found.length;
  if (found.startsWith('\u{1f3f4}') || seen.test(found)) return true;
  if (!keepable.test(found)) return false;
  const start = Math.max(0, at - context);
  return keepings.some(
    ({ character, before, after }) =>
      character.test(found) &&
      before.test(text.slice(start, at)) &&
      after.test(text.slice(end, end + context)),
  );
}

function codePointName(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `[U+${hex}]`;
}

function asTags(letters: string): string {
  const codes = [...letters].map((letter) => (0xe0000 + letter.charCodeAt(0)).toString(16));
  return codes.map((code) => `\\u{${code}}`).join('');
}
