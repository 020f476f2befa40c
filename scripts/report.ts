/** Reports something slow, or something that needs attention, in one line. */
export type Report = (line: string) => void;

/** Reports to standard error, so that standard output stays for results. */
export const reportToConsole: Report = (line) => console.error(line);
