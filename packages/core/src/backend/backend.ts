import type { DType, TypedArray } from '../dtype.ts';
import type { Capabilities } from '../ir/capabilities.ts';

/** A tensor in the memory of JavaScript. */
export interface HostTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

/**
 * A tensor that a backend holds: in JavaScript's memory on a CPU, in the device's on a GPU.
 * @category Backends
 */
export interface DeviceBuffer {
  readonly backend: Backend;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** True once released; it can no longer be read or computed with. */
  readonly disposed: boolean;
  /**
   * The elements where they lie, if that is JavaScript's memory ({@link Backend.inHostMemory}). The caller copies what
   * it needs at once, and writes nothing.
   */
  peek?(): TypedArray;
  /** Copies the elements to the host. The caller must not write to them. */
  read(): Promise<TypedArray>;
  /** Releases the memory, once the runs asked for so far are done with it; a second call does nothing. */
  dispose(): void;
}

/** The bytes of a weight beside a model, or a tensor that consists of them. */
export type ExternalContent = Uint8Array | DeviceBuffer;

/** What a session takes and gives, by name and in order. */
export interface SessionOptions {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** For each ONNX node, the line of user code it was written for, where known: used in messages. */
  readonly describe?: ((onnxNode: string) => string | undefined) | undefined;
  /** The graph computes sizes, which is left to the CPU by every provider: no reason to refuse it. */
  readonly sizesOnHost?: boolean | undefined;
  /** Weights beside the model file, by the location its initializers name: bytes, or what this backend holds. */
  readonly externalData?: ReadonlyMap<string, ExternalContent> | undefined;
  /** The folder in which other locations are files; see {@link Backend.locate}. */
  readonly externalFolder?: string | undefined;
  /**
   * What is computed from weights alone stays in the graph if it is large, so that the session does not hold it: a float16
   * weight is cast at every run.
   */
  readonly compact?: boolean | undefined;
  /** Records the time of each kernel, for {@link Session.endProfile}. */
  readonly profile?: boolean | undefined;
}

/**
 * One run of one kernel, as a session that was loaded with `profile` has recorded it.
 * @category Backends
 */
export interface KernelRun {
  /** The ONNX node. What the runtime has made of several nodes has a name of its own. */
  readonly node: string;
  readonly opType: string;
  /** Which run of the session, from 0. */
  readonly run: number;
  /** Milliseconds since that run began. */
  readonly start: number;
  /** Milliseconds. Of a loop or a branch the kernels in it are part of it, and there by themselves too. */
  readonly duration: number;
  /** Bytes of the results. */
  readonly bytes: number;
  /** Types and sizes of operands and results, as text. */
  readonly shapes: string;
}

/**
 * What a session that was loaded with `profile` has recorded.
 * @category Backends
 */
export interface SessionProfile {
  /** How long each run took in milliseconds, in order. */
  readonly runs: readonly number[];
  readonly kernels: readonly KernelRun[];
}

/** Settings of one run. */
export interface RunOptions {
  /** Refuses a run that has not begun when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A compiled graph on a backend.
 * @category Backends
 */
export interface Session {
  /**
   * Runs the graph. Runs of one backend happen one after the other, in the order they were asked for. The inputs are
   * taken before this returns: they may be disposed while the run waits.
   * @throws {@link BackendError} naming the ONNX node that failed.
   */
  run(inputs: readonly (HostTensor | DeviceBuffer)[], options?: RunOptions): Promise<DeviceBuffer[]>;
  /**
   * Stops recording, once the runs asked for so far are done, and gives what was recorded. Left out by a backend that
   * cannot tell.
   */
  endProfile?(): Promise<SessionProfile>;
  /** Frees the compiled graph once the runs asked for so far are done. */
  release(): Promise<void>;
}

/**
 * A file that {@link Storage.hold} keeps hold of, under whatever name it goes by now.
 * @category Backends
 */
export interface HeldFile {
  /** As {@link Storage.version} of this very file. It is asked for before every run, so it must be cheap. */
  version(): string;
  /** Lets go of it. */
  release(): void;
}

/**
 * Files as training needs them: ranges of large ones, and writes that are whole or have not happened.
 * @category Backends
 */
export interface Storage {
  /** Size in bytes, or undefined if there is no such file. */
  size(path: string): Promise<number | undefined>;
  /** Text that is another one once the file was replaced or written to, where the platform can tell. */
  version?(path: string): Promise<string | undefined>;
  /**
   * Keeps hold of a file that a runtime is going to read by itself ({@link Backend.locate}), to see whether it is written
   * to meanwhile. Left out where that cannot be seen: such files are read and handed over.
   */
  hold?(path: string): Promise<HeldFile>;
  /** Reads `length` bytes from `offset`. */
  read(path: string, offset?: number, length?: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Writes the chunks to a temporary name, flushes, and renames: readers see the old file or the new one, never a
   * part. Folders on the way are made.
   */
  writeAtomic(path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * Puts bytes at the end of a file, which is made if there is none; for logs. A kill may leave a part of the last bytes.
   * Where it is missing the file is written anew.
   */
  append?(path: string, bytes: Uint8Array): Promise<void>;
  /** Names in a folder, sorted; empty if there is no such folder. */
  list(folder: string): Promise<string[]>;
  /** Removes a file; nothing happens if there is none. */
  remove(path: string): Promise<void>;
}

/**
 * What runs graphs: one adapter per runtime, chosen by the user by importing it.
 * @category Backends
 */
export interface Backend {
  /** The package's name for itself, for example `node`. */
  readonly name: string;
  /** The device asked for that is really used. */
  readonly device: string;
  /** The execution provider that really runs, for messages. */
  readonly provider: string;
  /** What it can do: graphs are lowered for that. What is left out has the default of {@link Capabilities}. */
  readonly capabilities?: Partial<Capabilities> | undefined;
  /** Files, where the platform has them. */
  readonly storage?: Storage | undefined;
  /**
   * Where a model finds weights in a file of {@link storage} that the runtime reads by itself: a folder, and the file's
   * location in it. Left out, or undefined for a file: the bytes are handed over.
   */
  locate?(path: string): { readonly folder: string; readonly location: string } | undefined;
  /**
   * All tensors lie in JavaScript's memory and can be {@link DeviceBuffer.peek}ed at: small weights are then copied
   * together, since each input of a run costs more than that, and what is written in place (a cache) lies there. Default
   * false.
   */
  readonly inHostMemory?: boolean | undefined;
  /** Compiled graphs kept at most; the least recently used goes first. */
  readonly maxSessions: number;
  /** Compiles a model. */
  load(model: Uint8Array, options: SessionOptions): Promise<Session>;
  /** Moves data to where the device computes; on a CPU without a copy. */
  upload(tensor: HostTensor): DeviceBuffer;
  /** Waits for what runs, then frees everything. */
  dispose(): Promise<void>;
}
