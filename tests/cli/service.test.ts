import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { platforms } from '../../src/chat/platforms.ts';
import {
  type InstallFlags,
  installService,
  type ServiceParts,
  showService,
  uninstallService,
} from '../../src/cli/service/service.ts';
import { type UnitParts, unitText } from '../../src/cli/service/unit.ts';
import { UserError } from '../../src/core/errors.ts';
import { createRubric } from '../../src/scoring/rubric.ts';

/** Stands for systemctl: writes down its arguments, and answers as `STATE`, `MACHINE` and `VERSION` say. */
const systemctl = `#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in
  "--user show --property=Version --value") [ -n "$VERSION" ] && echo "$VERSION" ;;
  "show --property=Version") [ -n "$MACHINE" ] ;;
  *" restart "*) [ -z "$BROKEN" ] || { echo "$BROKEN" >&2; exit 1; } ;;
  *" show paperboy.service "*) printf "$STATE" ;;
esac
`;

const root = join(import.meta.dirname, '..', '..');
let folder: string;
let printed: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-service-'));
  printed = [];
  await mkdir(join(folder, 'bin'));
  for (const [name, text] of [
    ['systemctl', systemctl],
    ['loginctl', '#!/bin/sh\necho "$LINGER"\n'],
  ] as const) {
    await writeFile(join(folder, 'bin', name), text);
    await chmod(join(folder, 'bin', name), 0o755);
  }
});
afterEach(() => rm(folder, { recursive: true }));

const partsOf = (env: Record<string, string> = {}, more: Partial<ServiceParts> = {}): ServiceParts => ({
  env: {
    ...{ PATH: `${join(folder, 'bin')}:${process.env.PATH}`, CALLS: join(folder, 'calls'), HOME: folder },
    ...{ XDG_RUNTIME_DIR: folder, VERSION: '257.9-1', MACHINE: 'yes' },
    ...env,
  },
  ...{ cwd: folder, program: root, execPath: process.execPath, uid: 1000, platform: 'linux', platforms },
  readConfig: (variables) => loadConfig({ env: variables, cwd: folder, createRubric, platforms }),
  print: (text) => void printed.push(text),
  ...more,
});

/** Settings without a web page, whose address may be taken. */
const offline: ServiceParts['readConfig'] = () =>
  loadConfig({ env: { PAPERBOY_HTTP: 'off' }, cwd: folder, createRubric, platforms });

const own: InstallFlags = { system: false, name: 'paperboy', print: false };
const unitFile = () => join(folder, '.config', 'systemd', 'user', 'paperboy.service');
const calls = async () => (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');
const quiet = { '.env': 'PAPERBOY_HTTP=off\n' };
const write = async (files: Record<string, string>) => {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
};

describe('service install', () => {
  beforeEach(() => write(quiet));

  it('shows the unit, writes it, starts the service, and names the next two commands', async () => {
    await installService(partsOf(), own);
    const unit = await readFile(unitFile(), 'utf8');
    expect(printed[0]).toBe(`${unitFile()}:\n\n${unit}`);
    expect(printed.at(-1)?.split('\n').slice(1)).toEqual([
      '  loginctl enable-linger',
      'To see its log:',
      '  journalctl --user -u paperboy -f',
    ]);
    expect((await calls()).slice(1)).toEqual([
      '--user daemon-reload',
      '--user enable paperboy.service',
      '--user restart paperboy.service',
    ]);
    const node = join(root, 'node_modules', '.bin', 'node');
    expect(unit.split('\n')).toEqual(
      expect.arrayContaining([
        `WorkingDirectory=${folder}`,
        `ExecStart=${existsSync(node) ? node : process.execPath} ${join(root, 'paperboy.mjs')} start`,
        ...['Restart=always', 'RestartMaxDelaySec=60', 'TimeoutStopSec=15', 'NoNewPrivileges=yes'],
        ...[
          'ProtectSystem=strict',
          `ReadWritePaths=${['data', 'config', '.env'].map((name) => `-${join(folder, name)}`).join(' ')}`,
        ],
        'WantedBy=default.target',
      ]),
    );
    // systemd can only make folders writable that exist.
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['data', 'config']));
  });

  it('makes an .env that only its owner may read, because systemd can only make a file writable that exists', async () => {
    await rm(join(folder, '.env'));
    await installService(partsOf({}, { readConfig: offline }), own);
    expect(await readFile(join(folder, '.env'), 'utf8')).toMatch(/^# Paperboy’s tokens and keys\..*\n$/);
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600);
  });

  it('again replaces the unit', async () => {
    await installService(partsOf(), own);
    await write({ '.env': 'PAPERBOY_HTTP=off\nDATABASE_URL=file:./elsewhere/papers.db\n' });
    await installService(partsOf({ LINGER: 'yes' }), own);
    expect(await readFile(unitFile(), 'utf8')).toContain(join(folder, 'elsewhere'));
    expect(printed.at(-1)).not.toContain('linger');
  });

  it('only shows the unit with --print, also without systemd', async () => {
    await installService(partsOf({ VERSION: '', MACHINE: '' }, { platform: 'darwin' }), { ...own, print: true });
    expect(printed).toHaveLength(1);
    expect(printed[0]).toMatch(/^# Runs Paperboy in .*\n/);
    expect(await readdir(folder)).not.toContain('.config');
    expect(await readdir(folder)).not.toContain('data');
  });

  it('says which variables of the terminal the service does not get', async () => {
    await write({ '.env': 'PAPERBOY_HTTP=off\nS2_API_KEY=s2\n' });
    await installService(partsOf({ OPENAI_API_KEY: 'sk-hush', S2_API_KEY: 's2', https_proxy: 'http://p' }), own);
    const note = printed.find((text) => text.includes('not this terminal'));
    expect(note).toContain('which sets OPENAI_API_KEY and https_proxy.');
    expect(printed.join()).not.toContain('hush');
  });

  it('says that another program has the address of the page', async () => {
    const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await write({ '.env': `PAPERBOY_HTTP=127.0.0.1:${port}\n` });
    await installService(partsOf(), own);
    server.close();
    expect(printed.join('\n')).toContain(`Another program listens at 127.0.0.1:${port}. Stop it`);
  });

  it.each([
    [{}, { platform: 'darwin' }, /needs systemd, which is part of Linux\. docs\/service\.md describes/],
    [{ VERSION: '', MACHINE: '' }, {}, /^This machine does not run systemd\. docs\/service\.md describes/],
    [{ VERSION: '' }, {}, /^Your own systemd does not answer\. Log in to this machine as the user/],
    [{ SUDO_USER: 'ada' }, { uid: 0 }, /^Run this without sudo, or add --system/],
    [{ BROKEN: 'Job failed.' }, {}, /^"systemctl --user restart paperboy\.service" failed: Job failed\.$/],
  ] as const)('fails with a sentence: %j %j', async (env, more, expected) => {
    const installing = installService(partsOf(env, more), own);
    await expect(installing).rejects.toThrow(UserError);
    await expect(installing).rejects.toThrow(expected);
  });

  it('leaves a unit alone that is not its own', async () => {
    await mkdir(join(unitFile(), '..'), { recursive: true });
    for (const [text, expected] of [
      ['[Unit]\n', /is not from "service install"\. Choose another name with --name\.$/],
      ['# Runs Paperboy in /srv/other\n', /runs Paperboy in \/srv\/other\. For a second service, add --name;/],
    ] as const) {
      await writeFile(unitFile(), text);
      await expect(installService(partsOf(), own)).rejects.toThrow(expected);
      expect(await readFile(unitFile(), 'utf8')).toBe(text);
    }
  });

  it('needs valid settings', async () => {
    await write({ '.env': 'PAPERBOY_HTTP=3210\n' });
    await expect(installService(partsOf(), own)).rejects.toThrow(/^One setting needs a change\./);
    expect(existsSync(unitFile())).toBe(false);
  });
});

describe('service install --system', () => {
  const system: InstallFlags = { ...own, system: true, user: 'nobody' };

  it('runs as the named user, after the network', async () => {
    await write(quiet);
    await installService(partsOf(), { ...system, print: true });
    for (const line of ['User=nobody', 'After=network-online.target', 'CapabilityBoundingSet=', 'PrivateDevices=yes'])
      expect(printed[0]).toContain(`\n${line}\n`);
    expect(printed[0]).toContain('WantedBy=multi-user.target');
    await expect(installService(partsOf(), { ...system, print: true, user: 'no-such-user' })).rejects.toThrow(
      /^There is no user no-such-user on this machine\.$/,
    );
  });

  it('needs root rights, and names the command', async () => {
    const env = { VERSION: '' };
    await writeFile(join(folder, 'bin', 'systemctl'), '#!/bin/sh\necho 257\n');
    await expect(installService(partsOf(env), system)).rejects.toThrow(
      `A system unit needs root rights. Run: sudo ${process.execPath} ${join(root, 'paperboy.mjs')} service install --system`,
    );
  });
});

describe('service uninstall', () => {
  it('stops the service and removes the unit', async () => {
    await write(quiet);
    await installService(partsOf(), own);
    await uninstallService(partsOf(), own);
    expect(existsSync(unitFile())).toBe(false);
    expect((await calls()).slice(-2)).toEqual(['--user disable --now paperboy.service', '--user daemon-reload']);
    await expect(uninstallService(partsOf(), own)).rejects.toThrow(
      'There is no service paperboy. To make it: npm run -s paperboy -- service install',
    );
  });
});

describe('service status', () => {
  const stateOf = (active: string, restarts: number): string =>
    `ActiveState=${active}\\nSubState=auto-restart\\nUnitFileState=enabled\\nActiveEnterTimestamp=Mon 2025-07-07 09:00:00 UTC\\nNRestarts=${restarts}\\nResult=exit-code\\n`;

  it('tells whether it runs, and when it starts', async () => {
    await write(quiet);
    await installService(partsOf(), own);
    printed = [];
    expect(await showService(partsOf({ STATE: stateOf('active', 2) }), own)).toBe(true);
    expect(await showService(partsOf({ STATE: stateOf('activating', 0), LINGER: 'yes' }), own)).toBe(false);
    const where = `unit: ${unitFile()}\nlog: journalctl --user -u paperboy -f`;
    expect(printed).toEqual([
      `paperboy: running since Mon 2025-07-07 09:00:00 UTC\nstarts with this machine: only when you log in; to change that: loginctl enable-linger\nrestarts after failures: 2\n${where}`,
      `paperboy: activating (auto-restart, last result: exit-code)\nstarts with this machine: yes\n${where}`,
    ]);
  });
});

describe('a unit', () => {
  const parts: UnitParts = {
    ...{ node: '/opt/a b/node', program: '/opt/100%/$HOME', folder: '/srv/my papers', user: undefined },
    ...{ writable: ['/srv/my papers/data', '/srv/100%'], readable: [], hasLowPort: false, canBackOff: true },
  };

  it('writes any path so that systemd reads it back', () => {
    const lines = unitText(parts).split('\n');
    expect(lines).toContain('WorkingDirectory=/srv/my papers');
    expect(lines).toContain('ExecStart="/opt/a b/node" "/opt/100%%/$$HOME/paperboy.mjs" start');
    expect(lines).toContain('ReadWritePaths="-/srv/my papers/data" -/srv/100%%');
  });

  it('is refused for paths that systemd cannot use', () => {
    for (const folder of ['/srv/"papers"', '/srv/a\nb', 'C:\\papers'])
      expect(() => unitText({ ...parts, folder })).toThrow(/allows no quotes, backslashes or control characters/);
  });

  it('hides /tmp and /home only if nothing of Paperboy is there', () => {
    const text = unitText({ ...parts, user: 'ada' });
    expect(text).toContain('PrivateTmp=yes');
    expect(text).toContain('ProtectHome=yes');
    const readable = ['/home/ada/token'];
    const elsewhere = unitText({ ...parts, user: 'ada', writable: ['/tmp/data'], readable });
    expect(elsewhere).not.toMatch(/PrivateTmp|ProtectHome/);
  });

  it('waits longer with each restart only where systemd can', () => {
    expect(unitText({ ...parts, canBackOff: false })).not.toMatch(/RestartSteps|RestartMaxDelaySec/);
  });

  const hasAnalyzer = spawnSync('systemd-analyze', ['--version']).status === 0;
  if (!hasAnalyzer) console.warn('SKIPPED: systemd-analyze is not installed, so no unit is verified.');

  it.skipIf(!hasAnalyzer)('is accepted by systemd-analyze', async () => {
    const program = join(folder, 'a b%c$d');
    await mkdir(program);
    await writeFile(join(program, 'node'), '#!/bin/sh\n', { mode: 0o755 });
    const env = { ...process.env, XDG_RUNTIME_DIR: folder };
    const canBackOff = Number(/\d+/.exec(spawnSync('systemd-analyze', ['--version']).stdout.toString())?.[0]) >= 254;
    for (const [user, hasLowPort] of [
      [undefined, false],
      ['daemon', false],
      ['daemon', true],
    ] as const) {
      const file = join(folder, 'paperboy.service');
      const node = join(program, 'node');
      const writable = [join(program, 'data')];
      const unit = unitText({ ...parts, node, program, folder: program, writable, user, hasLowPort, canBackOff });
      await writeFile(file, unit);
      const args = ['verify', ...(user === undefined ? ['--user'] : []), file];
      const { status, stderr } = spawnSync('systemd-analyze', args, { env });
      expect({
        status,
        ours: stderr
          .toString()
          .split('\n')
          .filter((line) => line.includes('paperboy')),
      }).toEqual({
        ...{ status: 0, ours: [] },
      });
    }
  });
});
