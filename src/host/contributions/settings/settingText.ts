import type { Choice, ChoiceName, PlainSettingName } from '../../settingFacts.ts';

/** What the manifest says of a setting, besides the facts of `settingFacts.ts` and `limits.ts`. */
export interface SettingText {
  /** Markdown. */
  readonly description: string;
  /** Rarely needed: the settings editor shows it only to those who ask for it. */
  readonly advanced?: true;
  /** A folder that is not trusted may have it: it changes no more than how things look. */
  readonly harmless?: true;
  /** JSON Schema of its values, where the facts do not say it all. */
  readonly schema?: { readonly [key: string]: unknown };
}

/** The same for one with a closed list of values: what each of them means. */
interface ChoiceText<N extends ChoiceName> extends SettingText {
  readonly choices: { readonly [C in Choice<N>]: string };
}

/** The texts of some settings. */
export type SettingTexts<N extends PlainSettingName> = {
  readonly [Name in N]: Name extends ChoiceName ? ChoiceText<Name> : SettingText;
};
