import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const stepSchema = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
  env: z.record(z.string(), z.string()).default({}),
  run: z.string().optional(),
});
type Step = z.infer<typeof stepSchema>;

const workflowSchema = z.looseObject({
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.boolean() }),
  jobs: z.record(z.string(), z.looseObject({ steps: z.array(stepSchema) })),
});

/** What `gh` answers to the workflow. Anything else fails. */
const gh = `#!/usr/bin/env bash
set -euo pipefail
here=$(dirname "$0")/..
case "$*" in
  "api repos/someone/papers --jq .private") cat "$here/private" ;;
  "api repos/someone/papers/actions/artifacts?name=paperboy-state&per_page=1 --jq "*.workflow_run.id) if [ -f "$here/artifact/run" ]; then cat "$here/artifact/run"; fi ;;
  "api repos/someone/papers/actions/artifacts?name=paperboy-state&per_page=1 --jq "*.created_at) if [ -f "$here/artifact/created" ]; then cat "$here/artifact/created"; fi ;;
  "run download "*" --repo someone/papers --name paperboy-state")
    [ "$3" = "$(cat "$here/artifact/run")" ]
    cp "$here/artifact/state.gpg" . ;;
  *) echo "unexpected: gh $*" >&2; exit 1 ;;
esac
`;

const launcher = join(import.meta.dirname, '..', '..', 'paperboy.mjs');

export type WorkflowRun = { conclusion: 'success' | 'failure'; log: string };

type Outcome = 'success' | 'failure' | 'skipped';

/** Runs the steps of a workflow in order, each time in a clean folder with what is committed. */
export type Github = {
  /** The repository's files. */
  repository: string;
  /** What the last run left in its folder. */
  workspace(): string;
  run(
    env: Record<string, string>,
    options: { fresh: boolean; secrets: Record<string, string | undefined>; vars: Record<string, string | undefined> },
  ): Promise<WorkflowRun>;
  caches(): string[];
  artifacts(): string[];
  loseCache(): void;
  loseArtifact(): void;
  setPublic(): void;
  /** Makes the artifact older. */
  ageArtifact(days: number): void;
  close(): Promise<void>;
};

export const startGithub = (): Github => {
  const root = mkdtempSync(join(tmpdir(), 'gh-'));
  const at = (...parts: string[]): string => join(root, ...parts);
  for (const folder of ['repository', 'bin', 'cache', 'artifact', 'home']) mkdirSync(at(folder), { mode: 0o700 });
  writeFileSync(at('bin', 'gh'), gh);
  writeFileSync(at('bin', 'paperboy'), `#!/usr/bin/env bash\nexec "${process.execPath}" "${launcher}" "$@"\n`);
  for (const name of ['gh', 'paperboy']) chmodSync(at('bin', name), 0o755);
  writeFileSync(at('private'), 'true\n');
  let runs = 0;

  /** Newest first. */
  const caches = (): string[] =>
    readdirSync(at('cache')).sort((a, b) => Number(b.split('-').at(-2)) - Number(a.split('-').at(-2)));

  /** The actions that the workflow uses, as they work on GitHub. */
  const use = ({ uses = '', with: given }: Step, fill: (text: string) => string): void => {
    const [action] = uses.split('@');
    const state = at('workspace', String(given.path));
    const key = fill(String(given.key));
    if (action === 'actions/checkout') cpSync(at('repository'), at('workspace'), { recursive: true });
    else if (action === 'actions/cache/restore') {
      const found = caches().find((name) => name === key || name.startsWith(String(given['restore-keys'])));
      if (found) cpSync(at('cache', found), state);
    } else if (action === 'actions/cache/save') cpSync(state, at('cache', key));
    else if (action === 'actions/upload-artifact') {
      cpSync(state, at('artifact', 'state.gpg'));
      writeFileSync(at('artifact', 'run'), `${runs}\n`);
      writeFileSync(at('artifact', 'created'), `${new Date().toISOString()}\n`);
    } else if (action !== 'actions/setup-node') throw new Error(`the workflow uses ${uses}`);
  };

  const runStep = async (
    script: string,
    env: Record<string, string>,
  ): Promise<{ code: number | null; output: string }> => {
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      cwd: at('workspace'),
      env: { PATH: `${at('bin')}:${process.env.PATH}`, HOME: at('home'), GITHUB_REPOSITORY: 'someone/papers', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  };

  return {
    repository: at('repository'),
    workspace: () => at('workspace'),
    caches,
    artifacts: () => readdirSync(at('artifact')).filter((name) => name.endsWith('.gpg')),
    loseCache() {
      for (const name of caches()) rmSync(at('cache', name));
    },
    loseArtifact() {
      for (const name of readdirSync(at('artifact'))) rmSync(at('artifact', name));
    },
    setPublic: () => writeFileSync(at('private'), 'false\n'),
    ageArtifact: (days) =>
      writeFileSync(at('artifact', 'created'), `${new Date(Date.now() - days * 86_400_000).toISOString()}\n`),
    async run(machine, { fresh, secrets, vars }) {
      runs += 1;
      rmSync(at('workspace'), { recursive: true, force: true });
      mkdirSync(at('workspace'));
      const file = readFileSync(at('repository', '.github', 'workflows', 'paperboy.yml'), 'utf8');
      const [job] = Object.values(workflowSchema.parse(parse(file)).jobs);
      const steps = Object.fromEntries(
        (job?.steps ?? []).map(({ id = '' }) => [
          id,
          { outcome: 'skipped' as Outcome, outputs: {} as Record<string, string> },
        ]),
      );
      const github = { run_id: runs, run_attempt: 1, token: 'token' };
      const scope = {
        steps,
        github,
        secrets,
        vars,
        inputs: { fresh },
        always: () => true,
      };
      const evaluate = (expression: string): unknown =>
        new Function(...Object.keys(scope), `return (${expression});`)(...Object.values(scope));
      const fill = (text: string): string =>
        text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => String(evaluate(expression) ?? ''));
      let [conclusion, log]: [WorkflowRun['conclusion'], string] = ['success', ''];
      for (const step of job?.steps ?? []) {
        // Without always(), a step runs only if nothing failed before.
        if (step.if === undefined ? conclusion === 'failure' : !evaluate(step.if)) continue;
        // The registry cannot be reached in tests. tests/tools/pack/ installs the tarball.
        if (step.name === 'Install Paperboy') continue;
        const own = steps[step.id ?? ''];
        if (step.run === undefined) use(step, fill);
        else {
          writeFileSync(at('output'), '');
          const env = Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, fill(value)]));
          const { code, output } = await runStep(step.run, { ...machine, ...env, GITHUB_OUTPUT: at('output') });
          log += `# ${step.name}\n${output}`;
          for (const line of readFileSync(at('output'), 'utf8').split('\n').filter(Boolean)) {
            const [name = '', value = ''] = line.split('=');
            if (own) own.outputs[name] = value;
          }
          if (code !== 0) conclusion = 'failure';
          if (own) own.outcome = code === 0 ? 'success' : 'failure';
        }
      }
      return { conclusion, log };
    },
    async close() {
      // GnuPG leaves an agent behind.
      if (existsSync(at('home', '.gnupg')))
        spawnSync('gpgconf', ['--kill', 'all'], { env: { PATH: process.env.PATH, HOME: at('home') } });
      rmSync(root, { recursive: true, force: true });
    },
  };
};

/** Runs `init actions` in the repository. */
export const initActions = (github: Github, env: Record<string, string>, args: readonly string[] = []): string =>
  execFileSync(process.execPath, [launcher, 'init', 'actions', '--package', './paperboy-0.1.0.tgz', ...args], {
    cwd: github.repository,
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  });
