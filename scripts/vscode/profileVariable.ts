/** Environment variable of the extension host: the server's profile folder. */
export const PROFILE_VARIABLE = 'INTERLEAVE_VSCODE_PROFILE';
