import { createHash } from 'node:crypto';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

/** A file to be packed. */
export interface PackedFile {
  readonly path: string;
  readonly content: Uint8Array | string;
  /** Pack it; else it is stored. */
  readonly deflate?: boolean;
  /** What the archive says of its size or checksum, where that is a lie. */
  readonly stated?: { readonly size?: number; readonly crc32?: number };
}

const bytesOf = (content: Uint8Array | string): Buffer => Buffer.from(content as string);

export const sha256 = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex');

/** A zip archive. */
export function zip(files: readonly PackedFile[]): Buffer {
  const [locals, entries]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const { path, content, deflate = false, stated = {} } of files) {
    const [name, raw] = [Buffer.from(path), bytesOf(content)];
    const packed = deflate ? deflateRawSync(raw) : raw;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(deflate ? 8 : 0, 4);
    common.writeUInt32LE(stated.crc32 ?? crc32(raw), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(stated.size ?? raw.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, name, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    entries.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0000'), common, rest, name]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** A tar archive packed with gzip, of entries of any kind. */
export function tgz(files: readonly (PackedFile & { readonly kind?: string; readonly link?: string })[]): Buffer {
  const blocks = files.flatMap(({ path, content, kind = '0', link = '', stated = {} }) => {
    const raw = bytesOf(content);
    const header = Buffer.alloc(512);
    header.write(path.slice(0, 100), 0);
    header.write('0000644\u00000000000\u00000000000\u0000', 100);
    header.write(`${(stated.size ?? raw.length).toString(8).padStart(11, '0')}\u0000`, 124);
    header.write('00000000000\u0000        ', 136);
    header.write(kind, 156);
    header.write(link, 157);
    header.write('ustar\u000000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148);
    return [header, raw, Buffer.alloc((512 - (raw.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}
