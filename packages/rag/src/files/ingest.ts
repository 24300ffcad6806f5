import { checkArgument, checkOptionNames } from '@gai/core/ops';
import type { Metadata } from '../documents/document.ts';
import { formatOf } from '../parse/format.ts';
import { parseDocuments } from '../parse/parse-documents.ts';
import type { Refusal } from '../parse/parse-documents.ts';
import { Intake } from '../rag/intake.ts';
import type { IntakeOptions } from '../rag/intake.ts';
import type { Store } from '../store/store.ts';
import { readText } from './read-text.ts';
import { UNREADABLE, walk } from './walk.ts';
import type { WalkedFile } from './walk.ts';

/**
 * Settings of {@link ingest}.
 * @category Ingesting
 */
export interface IngestOptions extends IntakeOptions {
  /** Given to every document. */
  readonly metadata?: Metadata | undefined;
  /** Larger files, also unpacked, are refused. Default 20,000,000. */
  readonly maxBytes?: number | undefined;
  /** Default 100,000. */
  readonly maxFiles?: number | undefined;
  /** Folders in folders. Default 32. */
  readonly maxDepth?: number | undefined;
  /** After so many seconds no further file is begun. Default: no end. */
  readonly maxSeconds?: number | undefined;
  /** Stops between two files; what was stored stays. */
  readonly signal?: AbortSignal | undefined;
  /** Told after every file. */
  readonly onProgress?: ((progress: { readonly files: number; readonly source: string }) => void) | undefined;
}

/**
 * What {@link ingest} did.
 * @category Ingesting
 */
export interface IngestReport {
  /** Files that were read. */
  readonly files: number;
  /** Files of other kinds. */
  readonly skipped: number;
  readonly bytes: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Documents whose files are gone. */
  readonly removed: number;
  /** Documents with the text of another one, which is kept alone. */
  readonly duplicates: number;
  /** Chunks that were stored. */
  readonly chunks: number;
  /** What was not read, and why. */
  readonly refused: readonly Refusal[];
}

const COUNTS = ['maxBytes', 'maxFiles', 'maxDepth'] as const;
const NAMES = [...COUNTS, 'maxSeconds', 'metadata', 'signal', 'onProgress', 'splitter', 'embedder', 'tenant'];

/**
 * Reads files into a store: one file, a folder with all below it, or a pattern such as `docs/*.md`; each also as `.gz`.
 *
 * Can be repeated: what has not changed is left alone, what has is cut anew, and documents whose files are gone are removed. A file
 * that cannot be read, is no text, too large or a link is refused with the reason, and the rest goes on. Hidden files and `node_modules` are passed over.
 * @param path - A document's `source` begins with it, as it is given.
 * @throws {@link DataError} if there is nothing of that name; the signal's reason if it is stopped.
 * @example
 * const store = memoryStore();
 * const { files, refused } = await ingest(store, import.meta.filename);
 * [files, refused.length]; // => [1, 0]
 * @category Ingesting
 */
export async function ingest(store: Store, path: string, options: IngestOptions = {}): Promise<IngestReport> {
  const { limits, intake, metadata, maxSeconds, signal, onProgress } = read(path, options);
  const refused: Refusal[] = [];
  const into = await Intake.open(store, intake);
  const begin = performance.now();
  const found: WalkedFile[] = [];
  for await (const file of walk(path, limits, (refusal) => refused.push(refusal))) found.push(file);
  // What was not looked at is not gone. Removed first, so that a file that was moved is no duplicate of itself.
  const isWhole = refused.every(({ reason }) => reason !== UNREADABLE && !reason.endsWith('not read'));
  const removed = isWhole ? await into.removeMissing(path, new Set(found.map(({ source }) => source))) : 0;
  let [files, skipped, bytes] = [0, 0, 0];
  for (const file of found) {
    signal?.throwIfAborted();
    if ((performance.now() - begin) / 1000 > maxSeconds) {
      refused.push({ source: file.source, reason: `${maxSeconds} seconds were over; the rest was not read` });
      break;
    }
    if (formatOf(file.source) === undefined) {
      skipped++;
      continue;
    }
    const content = await readText(file.path, limits.maxBytes);
    if ('reason' in content) refused.push({ source: file.source, reason: content.reason });
    else {
      files++;
      bytes += content.bytes;
      refused.push(...(await take(into, content.text, file.source, metadata)));
    }
    onProgress?.({ files, source: file.source });
  }
  return { files, skipped, bytes, ...into.counts, removed, refused };
}

async function take(into: Intake, text: string, source: string, metadata: Metadata): Promise<readonly Refusal[]> {
  try {
    const { documents, refused } = await parseDocuments(text, { source, metadata });
    await into.take(source, documents);
    return refused;
  } catch (error) {
    if ((error as { code?: string }).code !== 'DATA') throw error;
    return [{ source, reason: (error as Error).message }];
  }
}

function read(path: string, options: IngestOptions) {
  const op = 'ingest';
  checkOptionNames(op, options, NAMES);
  checkArgument(typeof path === 'string' && path !== '', path, {
    op,
    name: 'path',
    rule: 'a file, a folder or a pattern',
  });
  const { maxBytes = 20_000_000, maxFiles = 100_000, maxDepth = 32, maxSeconds = Infinity, metadata = {} } = options;
  const limits = { maxBytes, maxFiles, maxDepth };
  for (const name of COUNTS) {
    const fits = Number.isSafeInteger(limits[name]) && limits[name] >= 1;
    checkArgument(fits, limits[name], { op, name, rule: 'a whole number of at least 1' });
  }
  checkArgument(maxSeconds > 0, maxSeconds, { op, name: 'maxSeconds', rule: 'a number above 0' });
  const { splitter, embedder, tenant, signal, onProgress } = options;
  return { limits, maxSeconds, metadata, signal, onProgress, intake: { splitter, embedder, tenant, signal } };
}
