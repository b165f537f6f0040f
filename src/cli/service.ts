import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Variables } from '../../config/environment.ts';
import type { Config } from '../../config/load.ts';
import { platforms } from '../chat/platforms.ts';
import type { InstallFlags, ServiceFlags, ServiceParts } from './service/service.ts';

/** Paperboy's own. */
const folder = join(import.meta.dirname, '..', '..');

type Parts = { env: Variables; readConfig(env: Variables): Promise<Config>; print(text: string): void };

const unitName = (text: string): string => {
  if (/^[A-Za-z][\w-]{0,49}$/.test(text)) return text;
  throw new InvalidArgumentError('Write letters, digits, - and _.');
};

/** Adds the commands of the service. Loads what they do only when one runs. */
export const addServiceCommands = (program: Command, parts: Parts): void => {
  const service = program
    .command('service')
    .description(
      'run the bot as a service that starts with the machine (systemd; docs/service.md covers macOS and Windows)',
    );
  const add = (name: string, description: string): Command =>
    service
      .command(name)
      .description(description)
      .option('--system', 'a service of the whole machine, instead of your user', false)
      .option('--name <name>', 'name of the service', unitName, 'paperboy');

  const around = (): ServiceParts => ({
    ...{ cwd: process.cwd(), program: folder, execPath: process.execPath, platforms },
    ...{ uid: process.getuid?.() ?? 0, platform: process.platform },
    ...parts,
  });

  add('install', 'show and write the systemd unit, and start the service')
    .option('--print', 'only show the unit', false)
    .addOption(
      new Option('--user <name>', 'with --system: user to run as (default: the owner of the folder)').implies({
        system: true,
      }),
    )
    .action(async (flags: InstallFlags) => {
      const { installService } = await import('./service/service.ts');
      await installService(around(), flags);
    });

  add('uninstall', 'stop the service and remove its unit; the data stays').action(async (flags: ServiceFlags) => {
    const { uninstallService } = await import('./service/service.ts');
    await uninstallService(around(), flags);
  });

  add('status', 'show whether the service runs, and since when').action(async (flags: ServiceFlags) => {
    const { showService } = await import('./service/service.ts');
    process.exitCode = (await showService(around(), flags)) ? 0 : 1;
  });
};
