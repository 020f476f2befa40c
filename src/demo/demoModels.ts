/** The default model id, with delays like those of a real model. */
export const demoModel = 'demo';

export interface DemoModelInfo {
  readonly id: string;
  readonly displayName: string;
  /** Multiplies every delay. */
  readonly paceFactor: number;
}

/** All models of the server, `demoModel` first. */
export const demoModels: readonly DemoModelInfo[] = [
  { id: demoModel, displayName: 'Demo', paceFactor: 1 },
  { id: 'demo-fast', displayName: 'Demo (fast)', paceFactor: 0.25 },
  { id: 'demo-slow', displayName: 'Demo (slow)', paceFactor: 2 },
];

export function findDemoModel(id: string): DemoModelInfo | undefined {
  return demoModels.find((model) => model.id === id);
}
