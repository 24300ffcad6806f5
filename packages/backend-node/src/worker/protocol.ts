import type { Capabilities, DType, HostTensor, SessionProfile, TypedArray } from '@gai/core/backend';
import type { ResolvedOptions } from '../options.ts';

/** A tensor that lies in the worker, by number; the main thread hands the numbers out. */
export interface Handle {
  readonly handle: number;
}

/** What the main thread asks for; every request but `forget` and `upload` is answered. */
export type Request =
  | { readonly op: 'open'; readonly options: ResolvedOptions }
  | {
      readonly op: 'load';
      readonly session: number;
      readonly model: Uint8Array;
      readonly inputs: readonly string[];
      readonly outputs: readonly string[];
      readonly externalData: ReadonlyMap<string, Uint8Array | Handle> | undefined;
      readonly externalFolder: string | undefined;
      readonly sizesOnHost: boolean | undefined;
      readonly compact: boolean | undefined;
      readonly profile: boolean | undefined;
    }
  /** Outputs get the numbers from `first` on. */
  | {
      readonly op: 'run';
      readonly session: number;
      readonly inputs: readonly (Handle | HostTensor)[];
      readonly first: number;
    }
  | { readonly op: 'upload'; readonly handle: number; readonly tensor: HostTensor }
  | { readonly op: 'read'; readonly handle: number }
  | { readonly op: 'forget'; readonly handle: number }
  | { readonly op: 'endProfile'; readonly session: number }
  | { readonly op: 'release'; readonly session: number }
  | { readonly op: 'close' };

/** What a run gave: the tensor stays in the worker; the elements of a small one come along. */
export interface OutputInfo {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray | undefined;
}

/** The answer to each request that has one. */
export interface Answers {
  open: { readonly provider: string; readonly capabilities: Partial<Capabilities> };
  load: undefined;
  run: readonly OutputInfo[];
  read: TypedArray;
  endProfile: SessionProfile;
  release: undefined;
  close: undefined;
}

/** An error as it crosses the border between threads. */
export interface SentError {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** What the runtime itself said. */
  readonly cause: string | undefined;
}

/** A request with the number that its answer will carry. */
export interface Envelope {
  readonly id: number;
  readonly request: Request;
}

/** An answer. */
export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: SentError };

/** Elements up to this many bytes travel with the answer of a run: reading a loss costs no second round trip. */
export const INLINE_BYTES = 256;
