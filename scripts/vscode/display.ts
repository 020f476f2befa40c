/** Whether a desktop program can show a window here. */
export function hasDisplay(env: NodeJS.ProcessEnv = process.env): boolean {
  return (
    process.platform === 'darwin' ||
    process.platform === 'win32' ||
    Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
  );
}
