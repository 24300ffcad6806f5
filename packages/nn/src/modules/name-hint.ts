/** What wrappers of PyTorch put into names: DataParallel and DDP, and torch.compile. */
const WRAPPERS = ['module', '_orig_mod'];

/**
 * How to rename the names of a state so that they become those of the model, as text of the option `rename`; undefined
 * where no single rule does.
 */
export function renameHint(missing: readonly string[], unexpected: readonly string[]): string | undefined {
  const wanted = new Set(missing);
  const [some] = unexpected;
  if (some === undefined || wanted.size === 0) return undefined;
  return rulesFor(some, missing).find(({ rule }) => unexpected.every((name) => wanted.has(rule(name))))?.text;
}

interface Rule {
  readonly text: string;
  readonly rule: (name: string) => string;
}

/** Rules that make a name one of the model's: a part less, wherever it is, or a beginning less or more. */
function rulesFor(name: string, missing: readonly string[]): Rule[] {
  const parts = WRAPPERS.filter((part) => name.split('.').includes(part)).map(withoutPart);
  const longer = missing.filter((wanted) => name.endsWith(`.${wanted}`)).map((wanted) => name.slice(0, -wanted.length));
  const shorter = missing
    .filter((wanted) => wanted.endsWith(`.${name}`))
    .map((wanted) => wanted.slice(0, -name.length));
  // The longest beginning that may be left out is that of the shortest name found.
  const cut = longer.toSorted((a, b) => a.length - b.length).map(withoutBeginning);
  return [...cut, ...parts, ...shorter.map(withBeginning)];
}

const withoutBeginning = (beginning: string): Rule => ({
  text: `(name) => name.replace(/^${beginning.replaceAll('.', String.raw`\.`)}/, '')`,
  rule: (name) => (name.startsWith(beginning) ? name.slice(beginning.length) : name),
});

const withBeginning = (beginning: string): Rule => ({
  text: `(name) => '${beginning}' + name`,
  rule: (name) => beginning + name,
});

const withoutPart = (part: string): Rule => ({
  text: `(name) => name.replaceAll('${part}.', '')`,
  rule: (name) => name.replaceAll(`${part}.`, ''),
});
