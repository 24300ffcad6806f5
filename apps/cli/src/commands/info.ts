import type { listDevices } from '@gai/backend-node';
import { load } from '../load.ts';
import type { Streams } from '../streams.ts';
import { Command } from 'commander';
import { jsonOption } from '../options.ts';
import { styleFor } from '../terminal/style.ts';

/** `gai info`. */
export function infoCommand(streams: Streams): Command {
  return new Command('info')
    .description('Show versions and the devices that models can run on.')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      const { listDevices } = await load(() => import('@gai/backend-node'), 'info');
      const devices = await listDevices();
      const facts = { node: process.versions.node, platform: `${process.platform} ${process.arch}`, devices };
      if (json === true) streams.stdout.write(`${JSON.stringify(facts)}\n`);
      else streams.stdout.write(format(facts, styleFor(streams.stdout)));
    });
}

function format(
  facts: { node: string; platform: string; devices: Awaited<ReturnType<typeof listDevices>> },
  style: ReturnType<typeof styleFor>,
): string {
  const lines = facts.devices.map(({ device, available, reason }) => {
    const state = available ? style.green('runs here') : style.dim(`not here: ${reason ?? 'unknown'}`);
    return `  ${device.padEnd(8)}${state}`;
  });
  return [
    `${style.bold('node')}      ${facts.node}`,
    `${style.bold('platform')}  ${facts.platform}`,
    style.bold('devices'),
    ...lines,
    '',
  ].join('\n');
}
