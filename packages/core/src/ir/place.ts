/** Where in the user's code a node was made; the line becomes text when it is asked for. */
export interface Place {
  readonly line: string | undefined;
  /** The node belongs to the gradient of what the line computes. */
  readonly isGradient?: boolean | undefined;
}
