import { platform } from './platform.ts';

/** What the runtime prints goes here while its trace is asked for. */
let lines: string[] | undefined;

/**
 * Starts the WebAssembly so that what it prints in a page can be caught. Its module keeps the `console.log` that it finds
 * when it is made, and takes no other printer; what others print meanwhile goes where it would.
 * @param start - Makes the module.
 */
export async function withPrinter(start: () => Promise<void>): Promise<void> {
  const before = console.log;
  const print = (...texts: unknown[]): void => {
    if (lines === undefined) before.apply(console, texts);
    else lines.push(texts.join(' '));
  };
  console.log = print;
  try {
    await start();
  } finally {
    // Somebody else may have put another one there since.
    if (console.log === print) console.log = before;
  }
}

/** What the runtime prints during a call that does not wait: it has no other way to give the trace of a session. */
export async function printed(call: () => void): Promise<string> {
  const caught: string[] = [];
  lines = caught;
  const restore = catchOutput((text) => caught.push(text));
  try {
    call();
    return caught.join('\n');
  } finally {
    restore();
    lines = undefined;
  }
}

/** In Node the module writes to the standard output, by a function that it looks up at every call. */
function catchOutput(take: (text: string) => void): () => void {
  const fs = platform.process?.getBuiltinModule?.('fs');
  if (fs === undefined) return () => undefined;
  const { writeSync } = fs;
  fs.writeSync = (file, ...rest) => (file === 1 ? take(String(rest[0])) : writeSync(file, ...rest));
  return () => {
    fs.writeSync = writeSync;
  };
}
