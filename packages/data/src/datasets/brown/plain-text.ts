/** Marks that stand right behind the word before them. */
const BEHIND = new Set([',', '.', ':', ';', '?', '!', ')', "''"]);
/** Marks that stand right before the word behind them. */
const BEFORE = new Set(['(', '``']);
/** Marks that the tagged text writes twice, or once in the word (`Jr.`, `Henry 2,`) and once behind it. */
const TWICE = new Set(['.', ',', ':', ';', '?', '!']);

/**
 * Plain text of a file of tagged words (`The/at jury/nn said/vbd ,/, …`): one paragraph to a line, words with the spaces of print, both
 * kinds of quotation marks as `"`.
 */
export function plainText(tagged: string): string {
  return tagged
    .split(/\n[\t ]*\n/)
    .map(paragraph)
    .filter((text) => text !== '')
    .join('\n');
}

function paragraph(tagged: string): string {
  let text = '';
  let last = '';
  for (const pair of tagged.split(/\s+/)) {
    const word = pair.slice(0, Math.max(pair.lastIndexOf('/'), 0));
    if (word === '') continue;
    if (TWICE.has(word) && text.endsWith(word)) continue;
    const isClose = text === '' || BEHIND.has(word) || BEFORE.has(last);
    text += `${isClose ? '' : ' '}${word === '``' || word === "''" ? '"' : word}`;
    last = word;
  }
  return text;
}
