import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { chunkDocument } from '../split/chunk-document.ts';
import { parseDocuments } from './parse-documents.ts';
import type { ParseOptions } from './parse-documents.ts';

async function read(text: string, options: Partial<ParseOptions> & { source: string }) {
  const { documents } = await parseDocuments(text, options);
  const { document, blocks } = documents[0]!;
  return { document, blocks: blocks.map(({ kind, start, end }) => [kind, document.raw.slice(start, end)]) };
}

describe('Markdown', () => {
  it('keeps lists, tables and code whole and knows both kinds of headings', async () => {
    const { document, blocks } = await read(
      'Title *of* it\n===\n\ntext\nmore\n\n- a\n\n  b\n- c\n\n| x |\n|---|\n| y |\n\n```\n# no\n\nheading\n```\n\n## [Link](to) `code`\n> q\n',
      { source: 'a.md' },
    );
    expect(document.title).toBe('Title of it');
    expect(blocks).toEqual([
      ['heading', 'Title *of* it\n==='],
      ['paragraph', 'text\nmore'],
      ['list', '- a\n\n  b\n- c'],
      ['table', '| x |\n|---|\n| y |'],
      ['code', '```\n# no\n\nheading\n```'],
      ['heading', '## [Link](to) `code`'],
      ['quote', '> q'],
    ]);
  });

  it('passes over front matter and takes its title', async () => {
    const { document, blocks } = await read('---\ntitle: "Green tea"\ntags: [a]\n---\n\n# H\n\ntext\r\n', {
      source: 'a.md',
    });
    expect(document.title).toBe('Green tea');
    expect(blocks).toEqual([
      ['heading', '# H'],
      ['paragraph', 'text'],
    ]);
  });

  it('gives chunks the headings above them, and a heading without text a chunk', async () => {
    const { documents } = await parseDocuments('# A\nx\n## B\ny\n### C\nz\n## D\n# E\nw', {
      source: 'a.md',
      title: 'T',
    });
    const chunks = chunkDocument(documents[0]!).map(({ text, path }) => [text, path.join('/')]);
    expect(chunks).toEqual([
      ['x', 'T/A'],
      ['y', 'T/A/B'],
      ['z', 'T/A/B/C'],
      ['## D', 'T/A'],
      ['w', 'T/E'],
    ]);
  });
});

it('HTML is what a reader sees', async () => {
  const { document, blocks } = await read(
    '<!doctype html><title>Tea &amp; more</title><style>p{}</style><nav>Home</nav><h1>Tea</h1><p>Boil\n <b>wa</b>ter.<p>Drink&nbsp;it.' +
      '<ul><li>green<li>black <ul><li>Assam</ul></ul><pre>  a\n    b</pre><table><tr><th>x<th>y<tr><td>1<td>2</table>' +
      '<div hidden>secret</div><script>evil()</script>end<img alt="a cup">',
    { source: 'a.html' },
  );
  expect(document.title).toBe('Tea & more');
  expect(blocks).toEqual([
    ['heading', 'Tea'],
    ['paragraph', 'Boil water.'],
    ['paragraph', 'Drink it.'],
    ['list', '- green\n- black \n- Assam'],
    ['code', 'a\n    b'],
    ['table', 'x | y\n1 | 2'],
    ['paragraph', 'enda cup'],
  ]);
});

it('manual pages by man and by mdoc are formatted', async () => {
  const man = await read(
    '.\\" comment\n.de Sp\n.if t .sp\n..\n.TH LS 1 "June 2020"\n.SH NAME\nls \\- list directory contents\n.SH OPTIONS\n.TP\n\\fB\\-a\\fR, ' +
      '\\fB\\-\\-all\\fR\ndo not ignore entries\nstarting with .\n.PP\nSee\n.BR dir (1).\n.nf\nx = 1\n  y\n.fi\n.SS "More of it"\n\\(bu last\\&.',
    { source: 'ls.1' },
  );
  expect(man.document.title).toBe('ls(1)');
  expect(man.blocks).toEqual([
    ['heading', 'NAME'],
    ['paragraph', 'ls - list directory contents'],
    ['heading', 'OPTIONS'],
    ['paragraph', '-a, --all\ndo not ignore entries starting with .'],
    ['paragraph', 'See dir(1).'],
    ['code', 'x = 1\n  y'],
    ['heading', 'More of it'],
    ['paragraph', '• last.'],
  ]);
  const mdoc = await read(
    '.Dd May 1, 2020\n.Dt CAT 1\n.Os\n.Sh NAME\n.Nm cat\n.Nd concatenate files\n.Sh SYNOPSIS\n.Nm\n.Op Fl b\n.Op Ar file ...\n.Sh SEE ALSO\n.Xr head 1 ,\n.Xr tail 1 .',
    { source: 'cat.1' },
  );
  expect(mdoc.blocks).toEqual([
    ['heading', 'NAME'],
    ['paragraph', 'cat – concatenate files'],
    ['heading', 'SYNOPSIS'],
    ['paragraph', 'cat [-b] [file ...]'],
    ['heading', 'SEE ALSO'],
    ['paragraph', 'head(1), tail(1).'],
  ]);
});

it('JSONL is a document a line; a bad line is refused with its place and the rest is read', async () => {
  const lines = [
    '{"_id": "d1", "title": "Tea", "text": "Boil water.", "metadata": {"year": 2020, "bad key": 1, "list": []}}',
    '{broken',
    '[]',
    '',
    '{"content": "no id"}',
    '{"_id": "d1", "text": "again"}',
    '{"id": 3}',
  ];
  const { documents, refused } = await parseDocuments(lines.join('\n'), { source: 'a.jsonl', metadata: { set: 'x' } });
  expect(documents.map(({ document: { id, title, metadata } }) => [id, title, metadata])).toEqual([
    ['a.jsonl#d1', 'Tea', { set: 'x', year: 2020 }],
    ['a.jsonl#5', 'a.jsonl#5', { set: 'x' }],
  ]);
  expect(refused).toEqual([
    { source: 'a.jsonl:2', reason: 'no JSON' },
    { source: 'a.jsonl:3', reason: 'no object' },
    { source: 'a.jsonl:6', reason: "a second document with the id 'a.jsonl#d1'" },
    { source: 'a.jsonl:7', reason: 'no field text, content, body with a text' },
  ]);
});

it('code is cut where something new begins at the margin', async () => {
  const { blocks } = await read('import a;\n\nfunction f() {\n  one();\n\n  two();\n}\n\n}\n\nclass B {}\n', {
    source: 'a.ts',
  });
  expect(blocks.map(([, text]) => text)).toEqual([
    'import a;',
    'function f() {\n  one();\n\n  two();\n}\n\n}',
    'class B {}',
  ]);
});

it('the hash is that of the raw text', async () => {
  const { document } = await read('<p>Tea 👩', { source: 'a.html' });
  expect(document.hash).toBe(createHash('sha256').update('Tea 👩').digest('hex'));
});

it.each([
  [{ source: '' }, /source does not fit/],
  [{ source: 'a', format: 'pdf' as never }, /format does not fit/],
  [{ source: 'a', metadata: { 'a b': 1 } }, /a key of metadata/],
  [{ source: 'a', metadata: { a: null as never } }, /metadata\.a does not fit/],
])('refuses %o', async (options, message) => {
  await expect(parseDocuments('text', options)).rejects.toThrow(message);
});
