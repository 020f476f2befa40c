import type { ThemeName } from './vscodeDriver.ts';

/** Settings that turn off VS Code's welcome pages, tips and panels. */
export function quietSettings(
  theme: ThemeName = 'Default Dark Modern',
): Readonly<Record<string, unknown>> {
  return {
    'chat.commandCenter.enabled': false,
    'editor.accessibilitySupport': 'off',
    'extensions.ignoreRecommendations': true,
    'files.simpleDialog.enable': true,
    'git.openRepositoryInParentFolders': 'never',
    'security.workspace.trust.startupPrompt': 'never',
    'telemetry.telemetryLevel': 'off',
    'window.menuBarVisibility': 'hidden',
    'workbench.colorTheme': theme,
    'workbench.enableExperiments': false,
    'workbench.layoutControl.enabled': false,
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'workbench.startupEditor': 'none',
    'workbench.tips.enabled': false,
  };
}
