import { chunkDocument, parseDocuments } from '../src/index.ts';
import type { Metadata, StoredDocument } from '../src/index.ts';

/** A text as a store takes it. */
export async function stored(text: string, source = 'a.md', metadata: Metadata = {}): Promise<StoredDocument> {
  const { documents } = await parseDocuments(text, { source, metadata });
  return { document: documents[0]!.document, chunks: chunkDocument(documents[0]!) };
}
