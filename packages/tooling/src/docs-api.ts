/**
 * `pnpm docs:api`: the API reference of every published package, as Markdown below `apps/docs/api/<package>/`.
 *
 * All packages are read as one program, so that links and types resolve across packages. Warnings are errors. TypeDoc
 * writes a page for everything that is exported; `api/` lays them out as pages that people read.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { Application, ConsoleLogger, Converter, ReflectionKind } from 'typedoc';
import type { ProjectReflection, TypeDocOptions } from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';
import { readModules } from './api/items.ts';
import { layOut } from './api/pages.ts';
import { readIntros } from './api/intros.ts';
import { sidebarsOf } from './api/sidebar.ts';
import { operationsTable, packagesTable } from './docs-tables.ts';
import { doorsOf } from './doctest/exports.ts';
import { publishedPackages, repositoryRoot } from './workspace.ts';

const docsRoot = join(repositoryRoot, 'apps/docs');

const doors = publishedPackages(repositoryRoot).flatMap(doorsOf);

/** TypeDoc's name of a door, `packages/core/src/io` → ours and its folder below `apps/docs/api`, `core/io`. */
const moduleNames = new Map(
  doors.map(([specifier, file]) => {
    const path = relative(repositoryRoot, file).replace(/(\/index)?\.ts$/, '');
    return [path, specifier.replace('@gai/', '')] as const;
  }),
);

/** What `@gai/core/fluent` adds to tensors: the functions, which are described as such. */
const { METHODS } = (await import(join(repositoryRoot, 'packages/core/src/fluent/methods.ts'))) as { METHODS: object };

/** Leaves out of the classes the methods that are there only for who asks for them. */
function withoutFluent(project: ProjectReflection): void {
  const classes = (project.children ?? []).flatMap((module) => module.children ?? []);
  for (const { children = [] } of classes.filter((item) => item.kindOf(ReflectionKind.Class))) {
    const added = children.filter((member) => member.kindOf(ReflectionKind.Property) && member.name in METHODS);
    for (const member of added.filter(({ comment }) => !comment)) project.removeReflection(member);
  }
}

const written = mkdtempSync(join(tmpdir(), 'gai-api-'));

const options: TypeDocOptions & Partial<PluginOptions> = {
  name: 'API',
  entryPoints: doors.map(([, file]) => file),
  tsconfig: join(docsRoot, 'tsconfig.api.json'),
  basePath: repositoryRoot,
  displayBasePath: repositoryRoot,
  plugin: [import.meta.resolve('typedoc-plugin-markdown')],
  out: written,
  readme: 'none',
  skipErrorChecking: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  disableSources: true,
  validation: { notExported: true, invalidLink: true, rewrittenLink: true, notDocumented: true },
  requiredToBeDocumented: ['Function', 'Class', 'Interface', 'TypeAlias', 'Variable', 'Method'],
  logLevel: 'Warn',
  entryFileName: 'index',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  categoryOrder: ['*', 'Other'],
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
};

/** Our docstrings describe `options.name` beside the function; TypeDoc knows that only for inline types. */
class Logger extends ConsoleLogger {
  override warn(text: Parameters<ConsoleLogger['warn']>[0], ...where: []): void {
    if (!/@param with name "\w+\.[\w.]+", which was not used/.test(text)) super.warn(text, ...where);
  }
}

/** A link may name anything that any door exports, whether the file imports it or not. */
function resolveLinks(project: ProjectReflection): void {
  const exported = new Map((project.children ?? []).flatMap((module) => module.children ?? []).map((x) => [x.name, x]));
  for (const { comment } of Object.values(project.reflections)) {
    const parts = [...(comment?.summary ?? []), ...(comment?.blockTags ?? []).flatMap(({ content }) => content)];
    for (const part of parts) {
      if (part.kind !== 'inline-tag' || part.target !== undefined) continue;
      const target = exported.get(part.text.trim());
      if (target) part.target = target;
    }
  }
}

/** Lays out what TypeDoc wrote, and adds the pages that are tables. */
async function writePages(): Promise<number> {
  const api = join(docsRoot, 'api');
  const modules = readModules(written);
  const pages = layOut(modules, readIntros(repositoryRoot));
  pages.set('index', packagesTable(repositoryRoot)).set('operations', await operationsTable(repositoryRoot));
  rmSync(api, { recursive: true, force: true });
  for (const [page, text] of pages) {
    const file = join(api, `${page}.md`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${text}\n`);
  }
  writeFileSync(join(api, 'sidebar.json'), JSON.stringify(sidebarsOf(modules, new Set(pages.keys()))));
  return pages.size;
}

const app = await Application.bootstrapWithPlugins(options);
app.logger = new Logger();
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  for (const module of project.children ?? []) module.name = moduleNames.get(module.name) ?? module.name;
  withoutFluent(project);
  resolveLinks(project);
});
const project = await app.convert();
if (project) app.validate(project);
const isClean = (): boolean => !app.logger.hasErrors() && !app.logger.hasWarnings();
if (project && isClean()) await app.generateOutputs(project);
if (isClean()) console.log(`${await writePages()} pages on ${doors.length} modules written to apps/docs/api`);
else process.exitCode = 1;
rmSync(written, { recursive: true, force: true });
