// @vitest-environment jsdom
import { expect, it } from 'vitest';
import { pausedRun } from '../../../support/panel/troubledRuns.ts';
import { openPanel, setUpPanels, type TestPanel } from './openPanel.ts';

setUpPanels();

let panel: TestPanel;

it('says why a run cannot be saved, and does not offer to set a key', async () => {
  panel = openPanel();
  const message =
    'This run cannot be saved: the disk is full. Free some space. The run continues as soon as that is fixed. (/runs/x)';
  const paused = { kind: 'internal', message, attempts: 0 } as const;
  await panel.send({ type: 'snapshot', run: { ...pausedRun('auth').state(), paused } });
  expect(panel.text('.paused-text')).toBe(`Paused: ${message}`);
  const remedies = [...panel.element.querySelectorAll('.paused-strip button')];
  expect(remedies.map(({ textContent }) => textContent?.trim())).toEqual(['Resume', 'Cancel']);
  expect(panel.text('[role="status"]')).toBe('Run paused: not saved');
});
