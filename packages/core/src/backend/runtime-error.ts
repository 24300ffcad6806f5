import { BackendError, GaiError } from '../errors.ts';
import { isDebug } from '../trace/debug.ts';
import { ourWords } from './runtime-words.ts';

/** How ONNX Runtime names the node in what it says; the first group is the node's name. */
const NODE_PATTERNS = [
  /node\. Name:'([^']*)'/g, // a kernel failed in a run
  /In Node, \("([^"]*)"/g, // an operator that does not exist
  /Node ?\(([^()]*)\) Op/g, // shape inference
  /node with name '([^']*)'/g, // no kernel for the types
  /in node \(([^()]*)\)/g, // types that do not fit
] as const;

/** Characters of a message that are looked at; names of nodes, which are the user's, make it as long as they are. */
const MOST_READ = 8192;

/**
 * Where the runtime was built and which C++ function spoke: of no use to the reader. A path is tried where it begins, not
 * at each of its characters.
 */
const SOURCE_PLACE = /(?<![\w./-])[\w./-]*onnxruntime\/(?:core|contrib_ops)\/[^ ]+:\d+ .*?\) (?=\S)/;

type Describe = ((onnxNode: string) => string | undefined) | undefined;

/**
 * The name of the ONNX node that a message of ONNX Runtime is about.
 * @example
 * failedNode("Could not find an implementation for Erf(13) node with name 'erf_1'"); // => 'erf_1'
 * @category Backends
 */
export function failedNode(message: string): string | undefined {
  const start = message.slice(0, MOST_READ);
  for (const pattern of NODE_PATTERNS) {
    // Of a loop and what fails in it, the latter is named last.
    const name = [...start.matchAll(pattern)].findLast(([, found]) => found !== '')?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}

/**
 * An error of ONNX Runtime as one of ours: the ONNX node, the user's line for it, and the runtime's words. An error that
 * is one of ours already comes back as it is.
 *
 * @param op - What was being done.
 * @param describe - For an ONNX node, the line of user code it was written for.
 * @category Backends
 */
export function wrapRuntimeError(cause: unknown, op: 'load' | 'run' | 'upload', describe?: Describe): GaiError {
  if (GaiError.isInstance(cause)) return cause;
  const text = (cause instanceof Error ? cause.message : String(cause)).slice(0, MOST_READ);
  const node = failedNode(text);
  const line = node === undefined ? undefined : describe?.(node);
  const where = node === undefined ? '' : ` in ONNX node '${node}'${line === undefined ? '' : `, written at ${line}`}`;
  const said = essence(text);
  const words = ourWords(said) ?? `Got '${said}'. ${remedy(op, node)}`;
  // Outside traced functions lines are recorded on request only; with it, what has none is the library's own.
  const hint = node !== undefined && line === undefined && describe !== undefined && !isDebug() ? DEBUG : '';
  return new BackendError(`${op}: ${PROBLEMS[op]}${where}. ${words}${hint}`, { op, details: { node, line }, cause });
}

const DEBUG = ' To learn which line wrote the node, call setDebug(true) before it.';

const PROBLEMS = {
  load: 'the graph does not compile',
  run: 'the graph failed while it ran',
  upload: 'the runtime does not take the data',
} as const;

function remedy(op: keyof typeof PROBLEMS, node: string | undefined): string {
  if (op !== 'load') return 'Look at the shapes and values that reach it.';
  if (node === undefined) return 'Check that the bytes are a whole ONNX model.';
  return 'Change the op or its dtype there.';
}

/** What the runtime says, without its own source places and boilerplate, on one line. */
function essence(text: string): string {
  const status = afterLast(text, 'Status Message: ') ?? afterLast(text, 'ERROR_MESSAGE: ') ?? text;
  const type = /^Unsupported data type: (\d+)$/.exec(status)?.[1];
  if (type !== undefined)
    return `an input or output of ONNX element type ${type}, which the runtime's JavaScript lacks`;
  // Not /\s*\n\s*/, which looks at a run of spaces once for each of them.
  const lines = status.replace(SOURCE_PLACE, '').split('\n');
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}

function afterLast(text: string, mark: string): string | undefined {
  const at = text.lastIndexOf(mark);
  return at < 0 ? undefined : text.slice(at + mark.length);
}

/**
 * The first line of what was thrown.
 * @example
 * firstLine(new Error('no such device\n  at driver')); // => 'no such device'
 * @category Backends
 */
export function firstLine(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.trim().split('\n', 1)[0] ?? '';
}
