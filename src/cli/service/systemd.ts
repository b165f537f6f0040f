import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Variables } from '../../../config/environment.ts';
import { UserError } from '../../core/errors.ts';

type Ended = { code: number; stdout: string; stderr: string };

const guide = 'docs/service.md';

/** @throws the system's error if there is no such program. */
export const run = (program: string, args: readonly string[], env: Variables): Promise<Ended> =>
  new Promise((resolve, reject) => {
    execFile(program, [...args], { env: { ...env, LC_ALL: 'C' } }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });

export type Systemd = {
  /** Where its units are. */
  folder: string;
  /** The beginning of a command for people. */
  command: string;
  /** The command that shows the log of a unit. */
  logOf(unit: string): string;
  /** @throws UserError with systemd's own words if it fails. */
  call(...args: string[]): Promise<string>;
  /** False if the user's systemd, and with it the service, ends when the user logs out. */
  lingers(): Promise<boolean>;
  /** Number of its version; undefined if unknown. @throws UserError if it cannot be used here. */
  version(): Promise<number | undefined>;
};

type Parts = { isSystem: boolean; env: Variables; uid: number; platform: NodeJS.Platform };

/** The systemd of the machine, or that of the user. */
export const createSystemd = ({ isSystem, env, uid, platform }: Parts): Systemd => {
  const scope = isSystem ? [] : ['--user'];
  const runtime = `/run/user/${uid}`;
  // Not set after su or in cron.
  const runtimeFolder = env.XDG_RUNTIME_DIR ?? (existsSync(runtime) ? runtime : undefined);
  const variables = { ...env, ...(runtimeFolder !== undefined && { XDG_RUNTIME_DIR: runtimeFolder }) };
  const command = ['systemctl', ...scope].join(' ');

  const systemctl = (args: readonly string[]): Promise<Ended> => run('systemctl', [...scope, ...args], variables);

  return {
    folder: isSystem
      ? '/etc/systemd/system'
      : join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'systemd', 'user'),
    command,
    logOf: (unit) => `journalctl ${isSystem ? '' : '--user '}-u ${unit} -f`,

    async call(...args) {
      const { code, stdout, stderr } = await systemctl(args);
      if (code === 0) return stdout;
      throw new UserError(`"${command} ${args.join(' ')}" failed: ${stderr.trim() || `it ended with ${code}`}`);
    },

    async lingers() {
      if (isSystem) return true;
      const args = ['show-user', String(uid), '--property=Linger', '--value'];
      const found = await run('loginctl', args, variables).catch(() => undefined);
      return found?.stdout.trim() === 'yes';
    },

    async version() {
      if (platform !== 'linux')
        throw new UserError(
          `"service" needs systemd, which is part of Linux. ${guide} describes the services of macOS and Windows.`,
        );
      const found = await systemctl(['show', '--property=Version', '--value']).catch(() => undefined);
      if (found?.code === 0) return Number(/\d+/.exec(found.stdout)?.[0]) || undefined;
      const machine = isSystem
        ? found
        : await run('systemctl', ['show', '--property=Version'], env).catch(() => undefined);
      if (machine?.code !== 0)
        throw new UserError(
          `This machine does not run systemd. ${guide} describes other ways to keep Paperboy running.`,
        );
      throw new UserError(
        'Your own systemd does not answer. Log in to this machine as the user that Paperboy should run as, not with su or sudo, or add --system.',
      );
    },
  };
};
