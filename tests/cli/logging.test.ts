import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/cli/logging.ts';
import { ExternalError } from '../../src/core/errors.ts';
import { Secret } from '../../src/core/secret.ts';

const token = 'xoxb-0000-not-a-token';

const capture = (options: { pretty?: boolean; secrets?: Secret[]; level?: 'debug' | 'warn' } = {}) => {
  const lines: string[] = [];
  const logger = createLogger({
    level: 'info',
    pretty: false,
    ...options,
    stream: { write: (text) => lines.push(text) },
  });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') };
};

describe('the logger', () => {
  it('writes one JSON line per entry with level, time, fields and message', () => {
    const { logger, lines, last } = capture();
    logger.info({ channel: 'foundations', papers: 3 }, 'day scored');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith('\n')).toBe(true);
    expect(last()).toMatchObject({ level: 'info', channel: 'foundations', papers: 3, msg: 'day scored' });
    expect(Number.isNaN(Date.parse(last().time))).toBe(false);
  });

  it('leaves out entries below its level', () => {
    const { logger, lines } = capture({ level: 'warn' });
    logger.info({}, 'quiet');
    logger.warn({}, 'loud');
    expect(lines).toHaveLength(1);
  });

  it('logs type, message, stack, status, code and cause of an error, and nothing else', () => {
    const { logger, last } = capture();
    const cause = Object.assign(new Error('socket hang up'), {
      code: 'ECONNRESET',
      config: { headers: { key: token } },
    });
    const error = Object.assign(new ExternalError({ service: 'Slack', message: 'Slack is down', status: 503, cause }), {
      request: { headers: { authorization: `Bearer ${token}` } },
    });
    logger.error({ error }, 'failed');
    expect(last().error).toEqual({
      type: 'ExternalError',
      message: 'Slack is down',
      stack: error.stack,
      status: 503,
      cause: { type: 'Error', message: 'socket hang up', stack: cause.stack, code: 'ECONNRESET' },
    });
  });

  it('describes an error under any field name and without a message', () => {
    const { logger, last } = capture();
    logger.warn({ reason: new TypeError('bad'), err: new Error('') }, 'failed');
    expect(last().reason).toMatchObject({ type: 'TypeError', message: 'bad' });
    expect(last().err).toMatchObject({ type: 'Error', message: '' });
  });

  it('prints a Secret as [secret] at any depth', () => {
    const { logger, lines, last } = capture();
    logger.info({ settings: { slack: [{ botToken: new Secret(token) }] } }, 'settings');
    expect(last().settings.slack[0].botToken).toBe('[secret]');
    expect(lines.join('')).not.toContain(token);
  });

  it.each([true, false])('masks known secret values in messages, fields and stacks (pretty: %s)', (pretty) => {
    const { logger, lines } = capture({ pretty, secrets: [new Secret(token), new Secret('with"quote\\slash')] });
    logger.error(
      { url: `https://x/?t=${token}`, odd: 'with"quote\\slash', error: new Error(`bad ${token}`) },
      `used ${token}`,
    );
    const text = lines.join('');
    expect(text).not.toContain(token);
    expect(text).not.toContain('slash');
    expect(text).toContain('[secret]');
  });

  it('does not mask values that are too short to be keys', () => {
    const { logger, last } = capture({ secrets: [new Secret('e')] });
    logger.info({}, 'hello');
    expect(last().msg).toBe('hello');
  });

  it('writes for people if asked to', () => {
    const { logger, lines } = capture({ pretty: true });
    logger.info({ papers: 3 }, 'day scored');
    expect(lines[0]).toMatch(/INFO.*day scored.*papers/);
    expect(() => JSON.parse(lines[0] ?? '')).toThrow();
  });
});
