#!/usr/bin/env node
// Starts Paperboy on the Node version that it needs. Plain JavaScript that older versions can run too.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

const neededMajor = 24;
const majorOf = (version) => Number.parseInt(version, 10);

const bundledNode = () => {
  const path = fileURLToPath(new URL('node_modules/.bin/node', import.meta.url));
  if (!existsSync(path)) return undefined;
  const { stdout } = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  return majorOf(stdout) >= neededMajor ? path : undefined;
};

const handOver = (node) => {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    process.on(signal, () => {
      // On Ctrl-C the terminal signals the child itself. A second signal would stop it at once.
      if (!(signal === 'SIGINT' && process.stdin.isTTY)) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    console.error(`${node} could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code;
      return;
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
};

// npm starts a script through a shell that passes no signals on, so stop if the shell is gone.
if (process.env.npm_lifecycle_event) {
  const shell = process.ppid;
  setInterval(() => {
    if (process.ppid !== shell) process.kill(process.pid, 'SIGTERM');
  }, 1_000).unref();
}

if (majorOf(process.versions.node) >= neededMajor) {
  // A run makes many short-lived strings. If V8's young generation grows, it takes 70 MB more and saves no time.
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  module.enableCompileCache();
  await import('./src/cli/main.ts');
} else {
  const node = bundledNode();
  if (node) handOver(node);
  else {
    console.error(
      `Paperboy needs Node ${neededMajor} or newer, and this is ${process.versions.node}. Run "npm ci" in its folder, which installs it on Linux, or install it from https://nodejs.org.`,
    );
    process.exitCode = 1;
  }
}
