/** Tells a person, in one line, about something that takes time or needs attention. */
export type Report = (line: string) => void;

/** Reports to standard error, so that standard output stays for results. */
export const reportToConsole: Report = (line) => console.error(line);
