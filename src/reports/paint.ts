/** How a piece of text should stand out; what that means is the terminal's business. */
export type Tone = "good" | "bad" | "warn" | "dim" | "bold";

export type Paint = (tone: Tone, text: string) => string;

/** No colour codes: for cron, files, mails and terminals that were not asked. */
export const noPaint: Paint = (_tone, text) => text;

const codes = { good: 32, bad: 31, warn: 33, dim: 2, bold: 1 } as const satisfies Record<Tone, number>;

/** Colours by ANSI escape codes, for a terminal that is known to take them. */
export const ansiPaint: Paint = (tone, text) => `\u001b[${codes[tone]}m${text}\u001b[0m`;
