/**
 * Preloaded (`--import`) into VS Code's server: ends its whole process group when the pipe at its
 * standard input closes, which happens even when the process that started it is killed.
 */

// The processes that the server forks inherit its Node options; this one is not meant for them.
process.execArgv.length = 0;

process.stdin.on('end', endGroup).on('error', endGroup).resume();
// Waiting for the pipe must not keep a server alive that wants to end.
(process.stdin as NodeJS.ReadStream & { unref?: () => void }).unref?.();

function endGroup(): void {
  if (process.platform === 'win32') {
    process.exit();
  }
  process.kill(0, 'SIGKILL');
}
