import type { Argument, Command, Option } from 'commander';

/** A cell of a Markdown table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

const HEAD = `# The command line

Made from the definitions of the commands by \`pnpm docs:cli\`; \`gai COMMAND --help\` says the same. How to install it, and which packages
a command needs: [README of @gai/cli](https://www.npmjs.com/package/@gai/cli).
`;

/** The page of a program: its commands, arguments and options, as \`--help\` has them. */
export function cliPage(program: Command): string {
  const parts = [HEAD, ...program.commands.flatMap((command) => section(command, [program.name()]))];
  return `${parts.join('\n').trimEnd()}\n`;
}

function section(command: Command, above: readonly string[]): string[] {
  const path = [...above, command.name()];
  const usage = [...path, command.usage()].join(' ');
  const parts = [`${'#'.repeat(path.length)} ${path.join(' ')}\n`, `${command.description()}\n`];
  if (command.commands.length === 0) parts.push(`\`\`\`\n${usage}\n\`\`\`\n`, ...tableOf(command));
  const more = after(command);
  if (more !== '') parts.push(`\`\`\`\n${more}\n\`\`\`\n`);
  return [...parts, ...command.commands.flatMap((child) => section(child, path))];
}

function tableOf(command: Command): string[] {
  const rows = [...command.registeredArguments.map(argumentRow), ...command.options.map(optionRow)];
  return rows.length === 0 ? [] : [`| | |\n| --- | --- |\n${rows.join('\n')}\n`];
}

const argumentRow = (argument: Argument): string => {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return row(argument.required ? `<${name}>` : `[${name}]`, argument.description, argument);
};

const optionRow = (option: Option): string =>
  row(option.flags, `${option.description}${option.mandatory ? ' (must be given)' : ''}`, option);

function row(
  name: string,
  description: string,
  { argChoices, defaultValue }: { readonly argChoices?: readonly string[]; readonly defaultValue?: unknown },
): string {
  const choices = argChoices === undefined ? '' : `; one of ${argChoices.join(', ')}`;
  const isSaid = defaultValue !== undefined && typeof defaultValue !== 'boolean' && String(defaultValue) !== '';
  return `| \`${name.replaceAll('|', '\\|')}\` | ${cell(description)}${choices}${isSaid ? `; default: \`${String(defaultValue)}\`` : ''} |`;
}

/** What the command says below its options. */
function after(command: Command): string {
  let text = '';
  const before = command.configureOutput();
  command.configureOutput({ ...before, writeOut: (part) => (text += part) });
  command.outputHelp();
  command.configureOutput(before);
  return text.slice(command.helpInformation().length).trim();
}
