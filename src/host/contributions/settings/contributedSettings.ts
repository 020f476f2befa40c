import { limitNames, limits } from '../../../core/base/limits.ts';
import { limitSettingName } from '../../../core/base/limitValues.ts';
import type { SettingFact } from '../../settingFacts.ts';
import {
  type PlainSettingName,
  type SettingName,
  settingFacts,
  settingId,
} from '../../settingFacts.ts';
import { historySettings, viewSettings } from './display.ts';
import { limitText } from './limits.ts';
import { modelSettings } from './models.ts';
import { runningSettings } from './running.ts';
import type { SettingText, SettingTexts } from './settingText.ts';

/** Everything the manifest says about a setting. */
interface Setting {
  readonly name: SettingName;
  readonly fact: SettingFact & { readonly fractions?: true };
  readonly text: SettingText & { readonly choices?: { readonly [value: string]: string } };
}

/** The type makes a setting without a text a compile error. */
const plainTexts: SettingTexts<PlainSettingName> = {
  ...modelSettings,
  ...runningSettings,
  ...viewSettings,
  ...historySettings,
};

/** The groups of the settings editor, in order. */
function settingGroups(): { readonly [title: string]: readonly Setting[] } {
  return {
    Models: plainSettings(modelSettings),
    Running: plainSettings(runningSettings),
    Limits: limitSettings(),
    Views: plainSettings(viewSettings),
    History: plainSettings(historySettings),
  };
}

function plainSettings(group: Partial<typeof plainTexts>): readonly Setting[] {
  return Object.keys(group).map((key) => {
    const name = key as PlainSettingName;
    return { name, fact: settingFacts[name], text: plainTexts[name] };
  });
}

function limitSettings(): readonly Setting[] {
  return limitNames.map((name) => ({
    name: limitSettingName(name),
    fact: { scope: 'application', ...limits[name] },
    text: limitText(name),
  }));
}

/** `contributes.configuration`. */
export function contributedSettings() {
  return Object.entries(settingGroups()).map(([title, settings], index) => ({
    title,
    order: index + 1,
    properties: Object.fromEntries(
      settings.map((setting, place) => [settingId(setting.name), property(setting, place + 1)]),
    ),
  }));
}

/** VS Code ignores these settings in folders that are not trusted: all but the harmless ones. */
export function restrictedConfigurations(): readonly string[] {
  return Object.values(settingGroups())
    .flat()
    .filter(({ text }) => text.harmless !== true)
    .map(({ name }) => settingId(name))
    .sort();
}

function property({ fact, text }: Setting, order: number) {
  return {
    ...valueSchema(fact, text.choices),
    ...text.schema,
    default: fact.default,
    markdownDescription: text.description,
    order,
    scope: fact.scope,
    ...(text.advanced === true ? { tags: ['advanced'] } : {}),
  };
}

/** JSON Schema of the allowed values. */
function valueSchema(
  { choices, default: usual, minimum, maximum, fractions }: Setting['fact'],
  meanings: Setting['text']['choices'] = {},
): { readonly [key: string]: unknown } {
  if (choices !== undefined) {
    const enumDescriptions = choices.map((choice) => meanings[choice]);
    return { type: 'string', enum: choices, enumDescriptions };
  }
  if (typeof usual === 'number') {
    return { type: fractions === true ? 'number' : 'integer', minimum, maximum };
  }
  return { type: Array.isArray(usual) ? 'array' : typeof usual };
}
