/** The theme variables that the panel uses, with values of VS Code's own themes. */
export type Theme = 'dark' | 'light' | 'hc' | 'hcLight';

const fonts = `
  --vscode-font-family: system-ui, "Ubuntu", "Droid Sans", sans-serif;
  --vscode-font-size: 13px;
  --vscode-font-weight: normal;
  --vscode-editor-font-family: "Droid Sans Mono", "DejaVu Sans Mono", monospace;
  --vscode-editor-font-size: 14px;
  --text-link-decoration: none;`;

const dark = `
  --vscode-foreground: #cccccc; --vscode-descriptionForeground: #9d9d9d;
  --vscode-disabledForeground: rgba(204, 204, 204, 0.5); --vscode-errorForeground: #f85149;
  --vscode-list-errorForeground: #f88070;
  --vscode-icon-foreground: #cccccc; --vscode-focusBorder: #0078d4;
  --vscode-editor-background: #1f1f1f; --vscode-editor-foreground: #cccccc;
  --vscode-panel-border: #2b2b2b; --vscode-widget-border: #313131;
  --vscode-textLink-foreground: #4daafc; --vscode-textLink-activeForeground: #4daafc;
  --vscode-textPreformat-background: #3c3c3c; --vscode-textPreformat-foreground: #d0d0d0;
  --vscode-textBlockQuote-background: #2b2b2b; --vscode-textBlockQuote-border: #616161;
  --vscode-textCodeBlock-background: #2b2b2b; --vscode-badge-background: #616161;
  --vscode-badge-foreground: #f8f8f8; --vscode-list-hoverBackground: #2a2d2e;
  --vscode-list-activeSelectionBackground: #04395e;
  --vscode-list-activeSelectionForeground: #ffffff; --vscode-list-focusOutline: #0078d4;
  --vscode-list-inactiveSelectionBackground: #37373d; --vscode-toolbar-hoverBackground: #5a5d5e50;
  --vscode-toolbar-activeBackground: #63666750; --vscode-input-background: #313131;
  --vscode-input-foreground: #cccccc; --vscode-input-border: #3c3c3c;
  --vscode-input-placeholderForeground: #989898; --vscode-inputOption-activeBackground: #2489db82;
  --vscode-inputOption-activeForeground: #ffffff; --vscode-inputOption-activeBorder: #2488db;
  --vscode-button-secondaryBackground: #313131; --vscode-button-secondaryForeground: #cccccc;
  --vscode-button-secondaryHoverBackground: #3c3c3c; --vscode-progressBar-background: #0078d4;
  --vscode-testing-iconPassed: #73c991; --vscode-testing-iconFailed: #f14c4c;
  --vscode-problemsWarningIcon-foreground: #cca700; --vscode-panelTitle-activeForeground: #cccccc;
  --vscode-panelTitle-inactiveForeground: #9d9d9d; --vscode-panelTitle-activeBorder: #0078d4;
  --vscode-tree-indentGuidesStroke: #585858;`;

const light = `
  --vscode-foreground: #3b3b3b; --vscode-descriptionForeground: #3b3b3b;
  --vscode-disabledForeground: rgba(97, 97, 97, 0.5); --vscode-errorForeground: #f85149;
  --vscode-list-errorForeground: #b01011;
  --vscode-icon-foreground: #3b3b3b; --vscode-focusBorder: #005fb8;
  --vscode-editor-background: #ffffff; --vscode-editor-foreground: #3b3b3b;
  --vscode-panel-border: #e5e5e5; --vscode-widget-border: #e5e5e5;
  --vscode-textLink-foreground: #005fb8; --vscode-textLink-activeForeground: #005fb8;
  --vscode-textPreformat-background: #0000001f; --vscode-textPreformat-foreground: #3b3b3b;
  --vscode-textBlockQuote-background: #f8f8f8; --vscode-textBlockQuote-border: #e5e5e5;
  --vscode-textCodeBlock-background: #f8f8f8; --vscode-badge-background: #cccccc;
  --vscode-badge-foreground: #3b3b3b; --vscode-list-hoverBackground: #f2f2f2;
  --vscode-list-activeSelectionBackground: #e8e8e8;
  --vscode-list-activeSelectionForeground: #000000; --vscode-list-focusOutline: #005fb8;
  --vscode-list-inactiveSelectionBackground: #e4e6f1; --vscode-toolbar-hoverBackground: #b8b8b850;
  --vscode-toolbar-activeBackground: #a6a6a650; --vscode-input-background: #ffffff;
  --vscode-input-foreground: #3b3b3b; --vscode-input-border: #cecece;
  --vscode-input-placeholderForeground: #767676; --vscode-inputOption-activeBackground: #bed6ed;
  --vscode-inputOption-activeForeground: #000000; --vscode-inputOption-activeBorder: #005fb8;
  --vscode-button-secondaryBackground: #e5e5e5; --vscode-button-secondaryForeground: #3b3b3b;
  --vscode-button-secondaryHoverBackground: #cccccc; --vscode-progressBar-background: #005fb8;
  --vscode-testing-iconPassed: #73c991; --vscode-testing-iconFailed: #f14c4c;
  --vscode-problemsWarningIcon-foreground: #bf8803; --vscode-panelTitle-activeForeground: #3b3b3b;
  --vscode-panelTitle-inactiveForeground: #3b3b3b; --vscode-panelTitle-activeBorder: #005fb8;
  --vscode-tree-indentGuidesStroke: #a9a9a9;`;

const highContrast = `
  --vscode-foreground: #ffffff; --vscode-descriptionForeground: rgba(255, 255, 255, 0.7);
  --vscode-disabledForeground: #a5a5a5; --vscode-errorForeground: #f48771;
  --vscode-icon-foreground: #ffffff; --vscode-focusBorder: #f38518;
  --vscode-contrastBorder: #6fc3df; --vscode-contrastActiveBorder: #f38518;
  --vscode-editor-background: #000000; --vscode-editor-foreground: #ffffff;
  --vscode-panel-border: #6fc3df; --vscode-widget-border: #6fc3df;
  --vscode-textLink-foreground: #21a6ff; --vscode-textLink-activeForeground: #21a6ff;
  --vscode-textPreformat-background: #ffffff; --vscode-textPreformat-foreground: #000000;
  --vscode-textBlockQuote-border: #ffffff; --vscode-textCodeBlock-background: #000000;
  --vscode-badge-background: #000000; --vscode-badge-foreground: #ffffff;
  --vscode-toolbar-hoverOutline: #f38518; --vscode-input-background: #000000;
  --vscode-input-foreground: #ffffff; --vscode-input-border: #6fc3df;
  --vscode-input-placeholderForeground: rgba(255, 255, 255, 0.7);
  --vscode-inputOption-activeBackground: rgba(0, 0, 0, 0);
  --vscode-inputOption-activeForeground: #ffffff; --vscode-inputOption-activeBorder: #6fc3df;
  --vscode-button-border: #6fc3df; --vscode-button-secondaryForeground: #ffffff;
  --vscode-list-focusOutline: #f38518; --vscode-progressBar-background: #6fc3df;
  --vscode-testing-iconPassed: #73c991; --vscode-testing-iconFailed: #f14c4c;
  --vscode-problemsWarningIcon-foreground: #ffd370; --vscode-panelTitle-activeForeground: #ffffff;
  --vscode-panelTitle-inactiveForeground: #ffffff; --vscode-panelTitle-activeBorder: #6fc3df;
  --vscode-tree-indentGuidesStroke: #a9a9a9;`;

const highContrastLight = `
  --vscode-foreground: #292929; --vscode-descriptionForeground: rgba(41, 41, 41, 0.7);
  --vscode-disabledForeground: #7f7f7f; --vscode-errorForeground: #b5200d;
  --vscode-icon-foreground: #292929; --vscode-focusBorder: #006bbd;
  --vscode-contrastBorder: #0f4a85; --vscode-contrastActiveBorder: #006bbd;
  --vscode-editor-background: #ffffff; --vscode-editor-foreground: #292929;
  --vscode-panel-border: #0f4a85; --vscode-widget-border: #0f4a85;
  --vscode-textLink-foreground: #0f4a85; --vscode-textLink-activeForeground: #0f4a85;
  --vscode-textPreformat-background: #09345f; --vscode-textPreformat-foreground: #ffffff;
  --vscode-textBlockQuote-border: #292929; --vscode-textCodeBlock-background: #f2f2f2;
  --vscode-badge-background: #0f4a85; --vscode-badge-foreground: #ffffff;
  --vscode-list-hoverBackground: #0f4a851a; --vscode-list-activeSelectionBackground: #0f4a851a;
  --vscode-list-inactiveSelectionBackground: #0f4a851a; --vscode-list-focusOutline: #006bbd;
  --vscode-toolbar-hoverOutline: #006bbd; --vscode-input-background: #ffffff;
  --vscode-input-foreground: #292929; --vscode-input-border: #0f4a85;
  --vscode-input-placeholderForeground: rgba(41, 41, 41, 0.7);
  --vscode-inputOption-activeBackground: rgba(0, 0, 0, 0);
  --vscode-inputOption-activeForeground: #292929; --vscode-inputOption-activeBorder: #0f4a85;
  --vscode-button-border: #0f4a85; --vscode-button-secondaryForeground: #292929;
  --vscode-button-secondaryBackground: #ffffff; --vscode-progressBar-background: #0f4a85;
  --vscode-testing-iconPassed: #007100; --vscode-testing-iconFailed: #b5200d;
  --vscode-problemsWarningIcon-foreground: #895503; --vscode-panelTitle-activeForeground: #292929;
  --vscode-panelTitle-inactiveForeground: #292929; --vscode-panelTitle-activeBorder: #b5200d;
  --vscode-tree-indentGuidesStroke: #a5a5a5;`;

/** The styles of every webview: theme variables, and VS Code's defaults for elements. */
export function themeCss(theme: Theme): string {
  const colors = { dark, light, hc: highContrast, hcLight: highContrastLight }[theme];
  return `html { scrollbar-color: #7979794d transparent; ${fonts} ${colors} }
@layer vscode-default {
  body { background: var(--vscode-editor-background); color: var(--vscode-editor-foreground);
    font-family: var(--vscode-font-family); font-size: var(--vscode-font-size);
    margin: 0; padding: 0 20px; overscroll-behavior-x: none; }
  a { color: var(--vscode-textLink-foreground); }
  code { font-family: var(--vscode-editor-font-family);
    color: var(--vscode-textPreformat-foreground);
    background-color: var(--vscode-textPreformat-background);
    padding: 1px 3px; border-radius: 4px; }
  pre code { padding: 0; }
  blockquote { background: var(--vscode-textBlockQuote-background);
    border-color: var(--vscode-textBlockQuote-border); }
}
body { background: var(--vscode-editor-background); }`;
}
