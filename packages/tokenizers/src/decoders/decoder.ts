/** Turns tokens into texts; joined they are the decoded text. */
export type Decoder = (tokens: readonly string[]) => string[];
