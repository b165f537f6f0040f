import type { WriteStream } from 'node:tty';

const barWidth = 24;

/** Shows on a terminal how far the scoring is, in one line that is drawn anew; elsewhere it shows nothing. */
export const createProgress = (stream: WriteStream): ((channel: string, done: number, total: number) => void) => {
  if (!stream.isTTY) return () => {};
  return (channel, done, total) => {
    const filled = total === 0 ? barWidth : Math.round((barWidth * done) / total);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
    stream.write(`\r\u001b[K${channel}  ${bar}  ${done} of ${total} papers scored`);
    if (done >= total) stream.write('\n');
  };
};
