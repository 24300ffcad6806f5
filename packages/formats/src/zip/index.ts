export { openZip } from './open-zip.ts';
export type { ZipArchive, ZipEntry } from './open-zip.ts';
