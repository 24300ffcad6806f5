/** One rule of the house. `run` returns one line per violation, each naming the file and the remedy. */
export interface Check {
  name: string;
  run(root: string): string[] | Promise<string[]>;
}
