/** One file of an opened archive. */
export interface ArchiveFile {
  readonly path: string;
  readonly bytes: number;
}

/** An archive whose files are read one at a time. */
export interface Archive {
  /** The files, in the order in which they are read best. */
  readonly files: readonly ArchiveFile[];
  /** The content of a file piece by piece. */
  read(file: ArchiveFile): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}
