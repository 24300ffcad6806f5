#!/usr/bin/env node
/** `gai-backend-web <folder>` copies the WebAssembly files that pages load at run time. */
import { copyWasmFiles } from './copy-files.ts';

const [folder, ...more] = process.argv.slice(2);
if (folder === undefined || folder.startsWith('-') || more.length > 0) {
  console.error(
    'Usage: gai-backend-web <folder>, for example gai-backend-web public/ort: the folder that your site serves as /ort/.',
  );
  process.exitCode = 2;
} else {
  try {
    for (const file of await copyWasmFiles(folder)) console.log(`${folder}/${file}`);
  } catch (error) {
    console.error(`gai-backend-web: cannot copy to '${folder}': ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
