/** Signals that ask a process to end: from Ctrl+C, from the system and from a closed terminal. */
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The exit code that shells know for a process that Ctrl+C has ended. */
const endedBySigint = 130;

/** Acts on Ctrl+C that was read as a key: as if the terminal had sent the signal. */
export function interrupt(): void {
  if (!process.emit('SIGINT', 'SIGINT')) process.exit(endedBySigint);
}

/** Calls the listener for the first signal. The second one has its default effect: the process ends. */
export function onInterrupt(listener: () => void): () => void {
  const stop = (): void => {
    for (const signal of endingSignals) process.removeListener(signal, onSignal);
  };
  const onSignal = (): void => {
    listener();
    stop();
  };
  for (const signal of endingSignals) process.on(signal, onSignal);
  return stop;
}
