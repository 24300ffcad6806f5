/** Who is told how work goes. */
export interface Listener<Result> {
  readonly onStatus: (status: string) => void;
  readonly onResult: (result: Result) => void;
  readonly onError: (line: string) => void;
}

/** What an error says, in a line. */
export function lineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}

/**
 * Runs work one at a time: a call while it runs starts it again afterwards, once, and only the last result is told. So what
 * is shown belongs to the newest settings, and a slider that is dragged queues up nothing.
 */
export function latest<Result>(
  work: (say: (status: string) => void) => Promise<Result>,
  { onStatus, onResult, onError }: Listener<Result>,
): () => void {
  let isRunning = false;
  let isOutdated = false;
  const run = async (): Promise<void> => {
    isRunning = true;
    try {
      do {
        isOutdated = false;
        const result = await work(onStatus);
        if (!isOutdated) onResult(result);
      } while (isOutdated);
    } catch (error) {
      onError(lineOf(error));
    } finally {
      isRunning = false;
      onStatus('');
      if (isOutdated) void run();
    }
  };
  return () => {
    isOutdated = isRunning;
    if (!isRunning) void run();
  };
}
