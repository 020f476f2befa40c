import { html, nothing, type TemplateResult } from 'lit';

/** A codicon. Hidden from screen readers: the text beside it or the label of its button says what it means. */
export function icon(name: string, className = ''): TemplateResult {
  return html`<span class="codicon codicon-${name} ${className}" aria-hidden="true"></span>`;
}

/** A small toolbar button. */
export interface ToolButton {
  readonly icon: string;
  /** For the tooltip and for screen readers. */
  readonly label: string;
  /** Shown beside the icon if there is room. */
  readonly text?: string;
  readonly run: (event: Event) => void;
  readonly disabled?: boolean;
  readonly tabIndex?: number;
}

/** A button with an icon, or with an icon and a word. */
export function toolButton(button: ToolButton): TemplateResult {
  return html`<button
    type="button"
    class="tool"
    title=${button.label}
    aria-label=${button.label}
    ?disabled=${button.disabled === true}
    tabindex=${button.tabIndex ?? nothing}
    @click=${button.run}
  >${icon(button.icon)}${
    button.text === undefined ? nothing : html`<span class="tool-text">${button.text}</span>`
  }</button>`;
}
