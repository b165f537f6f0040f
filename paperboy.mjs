#!/usr/bin/env node
// Starts Paperboy on the Node that it needs. Plain JavaScript, and free of what an older Node does not know.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

const neededMajor = 24;
const majorOf = (version) => Number.parseInt(version, 10);

/** The Node that `npm ci` brought along, if it is there, runs on this machine and is new enough. */
const bundledNode = () => {
  const path = fileURLToPath(new URL('node_modules/.bin/node', import.meta.url));
  if (!existsSync(path)) return undefined;
  const { stdout } = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  return majorOf(stdout) >= neededMajor ? path : undefined;
};

/** Becomes the other Node as far as one process can: same streams, arguments, signals and end. */
const handOver = (node) => {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    process.on(signal, () => {
      // Ctrl-C reaches the child from the terminal itself; a second one would mean "at once".
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

// npm starts a script through a shell, which passes no signal on: when that is gone, so is whoever wanted the bot.
if (process.env.npm_lifecycle_event) {
  const shell = process.ppid;
  setInterval(() => {
    if (process.ppid !== shell) process.kill(process.pid, 'SIGTERM');
  }, 1_000).unref();
}

if (majorOf(process.versions.node) >= neededMajor) {
  // A day is many short-lived strings. Left to grow, V8's nursery takes 70 MB more for them and saves no time.
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  module.enableCompileCache();
  await import('./src/cli/main.ts');
} else {
  const node = bundledNode();
  if (node) handOver(node);
  else {
    console.error(
      `Paperboy needs Node ${neededMajor} or newer, and this is ${process.versions.node}: run "npm ci" in its folder, which brings one along on Linux, or install it from https://nodejs.org.`,
    );
    process.exitCode = 1;
  }
}
