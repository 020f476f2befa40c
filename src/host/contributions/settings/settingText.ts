import type { Choice, ChoiceName, PlainSettingName } from '../../settingFacts.ts';

/** Texts of a setting for the manifest. Its scope, default and range are in `settingFacts.ts` and `limits.ts`. */
export interface SettingText {
  /** Markdown. */
  readonly description: string;
  /** Rarely needed: gets the tag `advanced`, which the settings editor hides by default. */
  readonly advanced?: true;
  /** Only changes the display, so a folder that is not trusted may set it. */
  readonly harmless?: true;
  /** JSON Schema that adds to or overrides what follows from default, choices and range. */
  readonly schema?: { readonly [key: string]: unknown };
}

/** Texts of a setting with a closed list of values, with a description of each value. */
interface ChoiceText<N extends ChoiceName> extends SettingText {
  readonly choices: { readonly [C in Choice<N>]: string };
}

/** The texts of some settings. */
export type SettingTexts<N extends PlainSettingName> = {
  readonly [Name in N]: Name extends ChoiceName ? ChoiceText<Name> : SettingText;
};
