/** A heading of a Markdown text with what stands below it. */
export interface Section {
  title: string;
  /** What stands between the heading and the first one inside. */
  text: string;
  children: Section[];
}

/** A Markdown text as a tree of its headings; the root is what stands before the first. Fenced code is not looked at. */
export function readSections(markdown: string): Section {
  const root: Section = { title: '', text: '', children: [] };
  const open = [{ level: 0, section: root }];
  let isFenced = false;
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) isFenced = !isFenced;
    const [, marks, title] = (!isFenced && /^(#+) (.+)$/.exec(line)) || [];
    if (marks === undefined || title === undefined) {
      open.at(-1)!.section.text += `${line}\n`;
      continue;
    }
    while (open.at(-1)!.level >= marks.length) open.pop();
    const section = { title, text: '', children: [] };
    open.at(-1)!.section.children.push(section);
    open.push({ level: marks.length, section });
  }
  return tidy(root);
}

/** Without the rules between members, and without empty ends. */
function tidy({ title, text, children }: Section): Section {
  return { title, text: text.replace(/\n\*\*\*\n\s*$/, '').trim(), children: children.map(tidy) };
}

/** Applies a function to what is not fenced code. */
export function outsideFences(markdown: string, change: (text: string) => string): string {
  return markdown
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join('');
}
