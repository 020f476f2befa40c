/**
 * Preloaded (`--import`) into VS Code's server: stops its whole process group when the pipe at its
 * standard input closes. The pipe closes even when the starting process is killed.
 */

// The server's child processes inherit its Node options, but must not load this module.
process.execArgv.length = 0;

process.stdin.on('end', endGroup).on('error', endGroup).resume();
// Waiting for the pipe must not keep the server alive.
(process.stdin as NodeJS.ReadStream & { unref?: () => void }).unref?.();

function endGroup(): void {
  if (process.platform === 'win32') {
    process.exit();
  }
  process.kill(0, 'SIGKILL');
}
