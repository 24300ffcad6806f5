import { quoted } from '@gai/core/io';

/** A name out of a file in a message: as it is, or as JSON writes it if that is strange. */
export const shown = (name: string): string => (/^[\w.-]{1,100}$/.test(name) ? name : quoted(name));
