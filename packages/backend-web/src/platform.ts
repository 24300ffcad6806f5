/** The few names of WebGPU that this package uses; the workspace's types are those of Node, which has none of them. */
export interface Gpu {
  requestAdapter(options?: { powerPreference?: 'high-performance' }): Promise<GpuAdapter | null>;
}

export interface GpuAdapter {
  readonly features: { has(name: string): boolean };
  readonly limits: Readonly<Record<string, number | undefined>>;
  readonly info?: { readonly isFallbackAdapter?: boolean };
  readonly isFallbackAdapter?: boolean;
  requestDevice(options: {
    requiredFeatures: readonly string[];
    requiredLimits: Readonly<Record<string, number>>;
  }): Promise<GpuDevice>;
}

export interface GpuDevice {
  readonly features: { has(name: string): boolean };
  readonly lost: Promise<{ readonly reason?: string; readonly message: string }>;
  readonly queue: {
    writeBuffer(buffer: GpuMemory, offset: number, data: Uint8Array<ArrayBuffer>): void;
    submit(commands: readonly unknown[]): void;
  };
  createBuffer(options: { size: number; usage: number }): GpuMemory;
  createCommandEncoder(): {
    copyBufferToBuffer(from: GpuMemory, fromOffset: number, to: GpuMemory, toOffset: number, size: number): void;
    finish(): unknown;
  };
  destroy(): void;
}

export interface GpuMemory {
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
  destroy(): void;
}

/** A folder of the origin private file system. */
export interface Directory {
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<Directory>;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FileHandle>;
  removeEntry(name: string): Promise<void>;
  keys(): AsyncIterable<string>;
}

export interface FileHandle {
  getFile(): Promise<Blob>;
  createWritable?(): Promise<Writable>;
}

export interface Writable {
  write(chunk: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}

/** What Node's own code calls to write to a file, the standard output among them. */
export interface NodeFiles {
  writeSync: (file: number, ...rest: readonly unknown[]) => unknown;
}

/** What a page, a worker or Node has in its global scope. */
export interface Platform {
  readonly crossOriginIsolated?: boolean;
  readonly document?: { readonly baseURI: string };
  readonly location?: { readonly href: string; readonly origin: string };
  readonly navigator?: {
    readonly gpu?: Gpu;
    readonly hardwareConcurrency?: number;
    readonly storage?: { getDirectory?(): Promise<Directory> };
  };
  readonly process?: {
    readonly versions?: { readonly node?: string };
    getBuiltinModule?(name: 'fs'): NodeFiles | undefined;
  };
}

/** The global scope this runs in. */
export const platform = globalThis as unknown as Platform;

/** Whether this is Node: no page, no worker of a page. */
export function isNode(scope: Platform): boolean {
  return scope.process?.versions?.node !== undefined && scope.document === undefined;
}
