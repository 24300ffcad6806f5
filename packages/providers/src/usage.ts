/** How much a call read and wrote, in tokens; undefined where the implementation does not tell. */
export interface Usage {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
}
