// Fails on a known vulnerability, high or worse, in what Paperboy runs on. A registry that cannot be asked, as without a
// network or behind a mirror, is said so and is no failure.
import { spawnSync } from 'node:child_process';

const { stdout, stderr } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' });
let counts;
try {
  counts = JSON.parse(stdout).metadata?.vulnerabilities;
} catch {
  // npm printed no report: said below.
}
if (!counts) {
  console.warn(
    `The dependencies were NOT audited: the registry gave no report. ${stderr.split('\n').find((line) => /audit/.test(line)) ?? ''}`,
  );
} else if (counts.high + counts.critical > 0) {
  console.error(
    `${counts.high} high and ${counts.critical} critical vulnerabilities; "npm audit --omit=dev" names them.`,
  );
  process.exitCode = 1;
} else {
  console.log('No high or critical vulnerability is known in the dependencies.');
}
