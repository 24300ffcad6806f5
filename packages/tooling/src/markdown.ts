/** A fenced code block of a Markdown file. */
export interface CodeBlock {
  /** The words after the fence, such as `ts run`. */
  info: string;
  code: string;
  /** Line of the first line of code, counted from 1. */
  line: number;
}

/** Every fenced code block of a Markdown text, in order. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const lines = markdown.split('\n');
  for (let start = 0; start < lines.length; start++) {
    const info = /^```(\S.*)$/.exec(lines[start] ?? '')?.[1];
    if (info === undefined) continue;
    const end = lines.findIndex((line, index) => index > start && line.trimEnd() === '```');
    if (end < 0) break;
    blocks.push({ info: info.trim(), code: lines.slice(start + 1, end).join('\n'), line: start + 2 });
    start = end;
  }
  return blocks;
}

/** The package names of the first `npm install …` line. */
export function installLine(markdown: string): string[] {
  const line = /^npm install (.+)$/m.exec(markdown)?.[1] ?? '';
  return line.split(/\s+/).filter((word) => word !== '' && !word.startsWith('-') && !word.startsWith('#'));
}
