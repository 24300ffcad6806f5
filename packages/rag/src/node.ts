export { ingest } from './files/ingest.ts';
export type { IngestOptions, IngestReport } from './files/ingest.ts';
export type { IntakeOptions } from './rag/intake.ts';
