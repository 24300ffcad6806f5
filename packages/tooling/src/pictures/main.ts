/** `pnpm pictures`: draws the pictures of the pages anew from what the examples wrote. */
import { writeFileSync } from 'node:fs';
import { repositoryRoot } from '../workspace.ts';
import { drawPictures } from './pictures.ts';

for (const { file, text } of drawPictures(repositoryRoot)) writeFileSync(file, text);
