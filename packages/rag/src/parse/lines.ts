/** Where each line begins, and where the text ends: line `i` lies between entries `i` and `i + 1`. */
export function lineStarts(text: string, from = 0): number[] {
  const starts = [from];
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
  if (starts.at(-1) !== text.length) starts.push(text.length);
  return starts;
}
