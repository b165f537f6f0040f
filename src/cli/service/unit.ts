import { pathToFileURL } from 'node:url';
import { UserError } from '../../core/errors.ts';

export type UnitParts = {
  node: string;
  /** Paperboy's own folder. */
  program: string;
  /** Where the service starts, with `.env` and relative paths. */
  folder: string;
  /** Folders and files that it may write to. */
  writable: readonly string[];
  /** Files elsewhere that it reads. */
  readable: readonly string[];
  /** The user of a system unit; undefined for a unit of the user's own systemd. */
  user: string | undefined;
  /** True if it listens on a port below 1024. */
  hasLowPort: boolean;
  /** False if this machine's systemd is older than 254 and cannot wait longer each time. */
  canBackOff: boolean;
};

/** The line by which a unit is known as Paperboy's, and as that of this folder. */
export const ownerLine = (folder: string): string => `# Runs Paperboy in ${folder}`;

/** systemd refuses quotes and backslashes in the path of a program, however they are written. */
const unsafe = /["'\\\p{Cc}]/u;

/** `%` begins a specifier: https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#Specifiers */
const plain = (path: string): string => {
  if (unsafe.test(path))
    throw new UserError(
      `systemd allows no quotes, backslashes or control characters in ${JSON.stringify(path)}. Rename the folder.`,
    );
  return path.replaceAll('%', '%%');
};

/** As a word of a list: https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html#Quoting */
const word = (path: string): string => {
  const escaped = plain(path);
  return /^[\w./%@:+,=-]+$/.test(escaped) ? escaped : `"${escaped}"`;
};

/** As an argument of a command, in which `$` begins a variable, unlike in its first word. */
const argument = (path: string): string => word(path).replaceAll('$', '$$$$');

const isBelow = (path: string, folders: readonly string[]): boolean =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

/**
 * Restarts for ever. The wait stays at a minute, because systemd does not shorten it after a restart that lasts, and a crash
 * after a year should not cost more.
 */
const restarts = (canBackOff: boolean): string[] => [
  'Restart=always',
  ...(canBackOff ? ['RestartSec=5', 'RestartSteps=5', 'RestartMaxDelaySec=60'] : ['RestartSec=15']),
];

const sandbox = ({ node, program, folder, writable, readable, user, hasLowPort }: UnitParts): string[] => {
  const paths = [node, program, folder, ...writable, ...readable];
  const usesAny = (...folders: string[]): boolean => paths.some((path) => isBelow(path, folders));
  const lowPort = 'CAP_NET_BIND_SERVICE';
  return [
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    // If one is gone, systemd could not even start the bot, which says what is wrong.
    `ReadWritePaths=${writable.map((path) => word(`-${path}`)).join(' ')}`,
    ...(usesAny('/tmp', '/var/tmp') ? [] : ['PrivateTmp=yes']),
    'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    'SystemCallArchitectures=native',
    'UMask=0077',
    // A user's systemd may not set these.
    ...(user === undefined
      ? []
      : [
          `CapabilityBoundingSet=${hasLowPort ? lowPort : ''}`,
          ...(hasLowPort ? [`AmbientCapabilities=${lowPort}`] : []),
          ...(usesAny('/home', '/root', '/run/user') ? [] : ['ProtectHome=yes']),
          'PrivateDevices=yes',
          'ProtectClock=yes',
          'ProtectControlGroups=yes',
          'ProtectHostname=yes',
          'ProtectKernelLogs=yes',
          'ProtectKernelModules=yes',
          'ProtectKernelTunables=yes',
          'ProtectProc=invisible',
        ]),
  ];
};

/**
 * The text of the systemd unit. It names no `EnvironmentFile`: Paperboy reads `.env` in its folder itself, and systemd would
 * read quotes and comments in it differently.
 */
export const unitText = (parts: UnitParts): string => {
  const { node, program, folder, user, canBackOff } = parts;
  const launcher = `${program}/paperboy.mjs`;
  const guide = pathToFileURL(`${program}/docs/service.md`).href;
  const network = 'network-online.target';
  return `${[
    ownerLine(folder),
    '# "service install" writes this file. To change it so that the change stays, use "systemctl edit".',
    '',
    '[Unit]',
    'Description=Paperboy',
    `Documentation=${plain(guide)}`,
    // A user's systemd has no such target. Paperboy waits for the network itself.
    ...(user === undefined ? [] : [`Wants=${network}`, `After=${network}`]),
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'Type=exec',
    ...(user === undefined ? [] : [`User=${user}`]),
    `WorkingDirectory=${plain(folder)}`,
    `ExecStart=${word(node)} ${argument(launcher)} start`,
    ...restarts(canBackOff),
    'KillMode=mixed',
    'TimeoutStopSec=15',
    ...sandbox(parts),
    '',
    '[Install]',
    `WantedBy=${user === undefined ? 'default.target' : 'multi-user.target'}`,
  ].join('\n')}\n`;
};
