import { randomUUID } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dotenvFile, readDotenv } from '../../../config/dotenv.ts';
import { editDotenv } from '../../../config/edit.ts';
import { environmentVariables, type Variables } from '../../../config/environment.ts';
import { type Config, configPath } from '../../../config/load.ts';
import { fileVariable } from '../../../config/secret-file.ts';
import { UserError } from '../../core/errors.ts';
import { isFolder, makeFolder } from '../../core/folder.ts';
import { wordList } from '../../core/paper.ts';
import type { PlatformDescriptor } from '../../core/platform.ts';
import { listenerAt } from '../page-check.ts';
import { createSystemd, run, type Systemd } from './systemd.ts';
import { ownerLine, type UnitParts, unitText } from './unit.ts';

export type ServiceFlags = { system: boolean; name: string };
export type InstallFlags = ServiceFlags & { print: boolean; user?: string };

export type ServiceParts = {
  env: Variables;
  /** Where the service starts. */
  cwd: string;
  /** Paperboy's own folder. */
  program: string;
  execPath: string;
  uid: number;
  platform: NodeJS.Platform;
  platforms: readonly PlatformDescriptor[];
  /** The settings with only these variables and those in `.env`. */
  readConfig(env: Variables): Promise<Config>;
  print(text: string): void;
};

const listenerMs = 3_000;

/** From this version on, systemd can wait longer with each restart. */
const backsOffFrom = 254;

/** The installed Node stays when another one on this machine is updated or removed. */
const nodeOf = ({ program, execPath }: ServiceParts): string => {
  const installed = join(program, 'node_modules', '.bin', 'node');
  return existsSync(installed) ? installed : execPath;
};

/** Variables that this terminal sets otherwise than `.env`, which the service does not get. */
const onlyHere = ({ env, cwd, platforms }: ServiceParts): string[] => {
  const inFile = readDotenv(cwd);
  return Object.keys(environmentVariables(platforms))
    .flatMap((name) => [name, fileVariable(name), ...(name.endsWith('_PROXY') ? [name.toLowerCase()] : [])])
    .filter((name) => env[name] && env[name] !== inFile[name]);
};

type Account = { name: string; uid: number; gid: number };

/** The user of a system unit: the one in the flag, or the owner of the folder. */
const accountOf = async ({ cwd, env }: ServiceParts, wanted: string | undefined): Promise<Account> => {
  const who = wanted ?? String(statSync(cwd).uid);
  const ask = async (what: string): Promise<string> => {
    const { code, stdout } = await run('id', [what, '--', who], env);
    if (code !== 0) throw new UserError(`There is no user ${who} on this machine.`);
    return stdout.trim();
  };
  const account = { name: await ask('-un'), uid: Number(await ask('-u')), gid: Number(await ask('-g')) };
  if (account.uid === 0 && wanted === undefined)
    throw new UserError(
      `${cwd} belongs to root, and Paperboy needs no root rights. Give the folder to another user, or name one with --user.`,
    );
  return account;
};

type Plan = { unit: string; folders: readonly string[]; account: Account | undefined; config: Config };

const planOf = async (parts: ServiceParts, flags: InstallFlags, version: number | undefined): Promise<Plan> => {
  const { cwd, program } = parts;
  const config = await parts.readConfig({});
  const { database, http } = config.env;
  const account = flags.system ? await accountOf(parts, flags.user) : undefined;
  const ownFiles = [...(database.kind === 'sqlite' ? [database.file] : []), configPath(readDotenv(cwd), cwd)];
  const folders = [...new Set(ownFiles.map((file) => dirname(file)))];
  // The set-up in the browser writes tokens there. Its folder, with the program, stays read-only.
  const writable = [...folders, dotenvFile(cwd)];
  const unit = unitText({
    ...{ node: nodeOf(parts), program, folder: cwd, writable, user: account?.name },
    readable: config.secretFiles.flatMap(({ file }) => file ?? []),
    hasLowPort: http !== 'off' && http.port > 0 && http.port < 1024,
    canBackOff: (version ?? backsOffFrom) >= backsOffFrom,
  } satisfies UnitParts);
  return { unit, folders, account, config };
};

const systemdOf = ({ env, uid, platform }: ServiceParts, isSystem: boolean): Systemd =>
  createSystemd({ isSystem, env, uid, platform });

const fileOf = ({ folder }: Systemd, name: string): string => join(folder, `${name}.service`);

/** @throws UserError if the unit is not one of Paperboy in this folder. */
const readOwn = (file: string, cwd: string): string | undefined => {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  if (text.startsWith(`${ownerLine(cwd)}\n`)) return text;
  const [, other] = /^# Runs Paperboy in (.*)$/m.exec(text) ?? [];
  throw new UserError(
    other === undefined
      ? `${file} is not from "service install". Choose another name with --name.`
      : `${file} runs Paperboy in ${other}. For a second service, add --name; to change that one, run this there.`,
  );
};

const requireRoot = ({ uid, execPath, program }: ServiceParts, what: string): void => {
  if (uid === 0) return;
  throw new UserError(
    `A system unit needs root rights. Run: sudo ${execPath} ${join(program, 'paperboy.mjs')} service ${what} --system`,
  );
};

/** With sudo, it would be root's own service. */
const refuseSudo = ({ env, uid }: ServiceParts): void => {
  if (uid === 0 && env.SUDO_USER && env.SUDO_USER !== 'root')
    throw new UserError('Run this without sudo, or add --system for a service of the whole machine.');
};

const checkRights = (parts: ServiceParts, isSystem: boolean, what: string): void => {
  if (isSystem) requireRoot(parts, what);
  else refuseSudo(parts);
};

const makeWritable = (folder: string, account: Account | undefined): void => {
  if (isFolder(folder)) return;
  makeFolder(folder);
  if (account) chownSync(folder, account.uid, account.gid);
};

/** systemd can only make a file writable that exists. Another user's service could not share it with the folder's owner. */
const makeDotenv = (cwd: string, account: Account | undefined): void => {
  const file = dotenvFile(cwd);
  if (existsSync(file) || (account && account.uid !== statSync(cwd).uid)) return;
  writeFileSync(file, editDotenv(undefined, {}), { mode: 0o600 });
  if (account) chownSync(file, account.uid, account.gid);
};

const writeUnit = (file: string, unit: string): void => {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  try {
    writeFileSync(draft, unit, { mode: 0o644 });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
};

const portNote = async ({ config }: Plan): Promise<string[]> => {
  const { http } = config.env;
  if (http === 'off') return [];
  const { kind } = await listenerAt(http, listenerMs);
  if (kind === 'nobody') return [];
  const who = kind === 'bot' ? 'Paperboy already runs' : 'Another program listens';
  return [
    `${who} at ${http.host}:${http.port}. Stop it: the service tries again until the address is free, for the first time after seconds.`,
  ];
};

const lingerCommand = 'loginctl enable-linger';

const installed = async (systemd: Systemd, name: string): Promise<string[]> => [
  ...((await systemd.lingers())
    ? ['Paperboy now runs as a service, and starts with this machine.']
    : [
        'Paperboy now runs as a service until you log out. To start it with this machine and keep it running:',
        `  ${lingerCommand}`,
      ]),
  'To see its log:',
  `  ${systemd.logOf(name)}`,
];

/** Writes the unit after showing it, and starts the service. With `print`, only shows it. */
export const installService = async (parts: ServiceParts, flags: InstallFlags): Promise<void> => {
  const { cwd, print } = parts;
  const { system, name } = flags;
  const systemd = systemdOf(parts, system);
  if (flags.print) {
    const version = await systemd.version().catch(() => undefined);
    print((await planOf(parts, flags, version)).unit);
    return;
  }
  const version = await systemd.version();
  checkRights(parts, system, 'install');
  const file = fileOf(systemd, name);
  const before = readOwn(file, cwd);
  const plan = await planOf(parts, flags, version);
  print(`${file}:\n\n${plan.unit}`);
  const missing = onlyHere(parts);
  if (missing.length > 0)
    print(
      `The service reads .env, not this terminal, which sets ${wordList(missing)}. Put what it needs into ${dotenvFile(cwd)}, then run this again.\n`,
    );
  if (before === undefined) for (const note of await portNote(plan)) print(`${note}\n`);
  for (const folder of plan.folders) makeWritable(folder, plan.account);
  makeDotenv(cwd, plan.account);
  writeUnit(file, plan.unit);
  await systemd.call('daemon-reload');
  await systemd.call('enable', `${name}.service`);
  await systemd.call('restart', `${name}.service`);
  print((await installed(systemd, name)).join('\n'));
};

const missingText = ({ system, name }: ServiceFlags): string => {
  const flags = `${system ? ' --system' : ''}${name === 'paperboy' ? '' : ` --name ${name}`}`;
  return `There is no service ${name}. To make it: npm run -s paperboy -- service install${flags}`;
};

/** Stops the service and removes its unit. Database and settings stay. */
export const uninstallService = async (parts: ServiceParts, flags: ServiceFlags): Promise<void> => {
  const { system, name } = flags;
  const systemd = systemdOf(parts, system);
  await systemd.version();
  checkRights(parts, system, 'uninstall');
  const file = fileOf(systemd, name);
  if (readOwn(file, parts.cwd) === undefined) throw new UserError(missingText(flags));
  await systemd.call('disable', '--now', `${name}.service`);
  rmSync(file);
  await systemd.call('daemon-reload');
  parts.print(`Stopped the service and removed ${file}. The database and the settings are still there.`);
};

const shown = ['ActiveState', 'SubState', 'UnitFileState', 'ActiveEnterTimestamp', 'NRestarts', 'Result'];

/** @returns true if the service runs. */
export const showService = async (parts: ServiceParts, flags: ServiceFlags): Promise<boolean> => {
  const systemd = systemdOf(parts, flags.system);
  await systemd.version();
  const file = fileOf(systemd, flags.name);
  if (!existsSync(file)) throw new UserError(missingText(flags));
  const properties = shown.map((one) => `--property=${one}`);
  const lines = (await systemd.call('show', `${flags.name}.service`, ...properties)).trim().split('\n');
  const state = new Map(lines.map((line) => [line.replace(/=.*/, ''), line.replace(/^[^=]*=/, '')]));
  const isRunning = state.get('ActiveState') === 'active';
  const since = state.get('ActiveEnterTimestamp');
  const restarts = Number(state.get('NRestarts'));
  const isEnabled = state.get('UnitFileState') === 'enabled';
  const starts = (await systemd.lingers()) ? 'yes' : `only when you log in; to change that: ${lingerCommand}`;
  const stopped = `${state.get('ActiveState')} (${state.get('SubState')}, last result: ${state.get('Result')})`;
  parts.print(
    [
      `${flags.name}: ${isRunning ? `running since ${since}` : stopped}`,
      `starts with this machine: ${isEnabled ? starts : 'no'}`,
      ...(restarts > 0 ? [`restarts after failures: ${restarts}`] : []),
      `unit: ${file}`,
      `log: ${systemd.logOf(flags.name)}`,
    ].join('\n'),
  );
  return isRunning;
};
