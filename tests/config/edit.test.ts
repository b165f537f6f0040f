import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { categories } from '../../config/category.ts';
import { categoryNames } from '../../config/category-names.ts';
import { editConfig, editDotenv, readConfigText } from '../../config/edit.ts';

const example = readFileSync(join(import.meta.dirname, '../../config/paperboy.example.yaml'), 'utf8');
const kept = {
  name: 'foundations',
  post: ['web', 'console'],
  categories: ['cs.LG', 'cs.AI'],
  topics: 'topics/foundations.md',
};
const fileOf = (text: string) => {
  const read = readConfigText(text);
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.file;
};

describe('editing the config file', () => {
  it('changes nothing if everything is set', () => {
    expect(editConfig(example, { timezone: 'America/New_York', channel: kept })).toBe(example);
  });

  it('changes only the lines of the changed keys, and keeps comments and spacing', () => {
    const edited = editConfig(example, {
      timezone: 'Europe/Berlin',
      admins: ['slack:U01ALICE'],
      channel: { ...kept, post: ['web', 'console', 'slack:C01GEN'], categories: ['cs.AI', 'cs.CL'], papersPerDay: 5 },
    });
    const before = example.split('\n');
    const after = edited.split('\n');
    expect(after.filter((line) => !before.includes(line))).toEqual([
      'timezone: Europe/Berlin',
      'admins: [slack:U01ALICE]',
      '    post: [web, console, slack:C01GEN]',
      '    categories: [cs.AI, cs.CL]',
      '    papersPerDay: 5',
    ]);
    expect(before.filter((line) => !after.includes(line))).toHaveLength(5);
    expect(fileOf(edited)).toMatchObject({ timezone: 'Europe/Berlin', admins: ['slack:U01ALICE'] });
  });

  it('keeps the comments of items that stay, in other indentations too', () => {
    const text = `channels:
- name: foundations   # ours
  post:
  - web # the page
  - console
  categories: [cs.LG,   cs.AI]
  topics: topics/foundations.md
`;
    const edited = editConfig(text, { channel: { ...kept, post: ['web', 'slack:C01GEN'] } });
    expect(edited).toContain('# the page');
    expect(edited).toContain('# ours');
    expect(fileOf(edited).channels[0]).toMatchObject({ post: ['web', 'slack:C01GEN'], categories: ['cs.LG', 'cs.AI'] });
  });

  it('adds a channel to those that are there', () => {
    const edited = editConfig(example, { channel: { ...kept, name: 'vision', schedule: '0 8 * * 1' } });
    const { channels } = fileOf(edited);
    expect(channels.map(({ name, schedule }) => [name, schedule])).toEqual([
      ['foundations', undefined],
      ['vision', '0 8 * * 1'],
    ]);
    expect(edited).toContain(example.trimEnd().split('\n').at(-3));
  });

  it('writes a new file that can be read', () => {
    const text = editConfig(undefined, {
      ...{
        timezone: 'Europe/Berlin',
        schedule: '0 9 * * 1-5',
        model: 'llama3',
        admins: ['discord:109876543210123456'],
      },
      channel: kept,
    });
    expect(text).toMatch(/^# Paperboy's settings/);
    expect(text).toContain('schedule: "0 9 * * 1-5"');
    expect(fileOf(text)).toMatchObject({ scorer: { model: 'llama3' }, channels: [{ categories: ['cs.LG', 'cs.AI'] }] });
  });

  it('refuses a file that is not YAML', () => {
    expect(() => editConfig('channels: [', { channel: kept })).toThrow(/not YAML/);
    expect(readConfigText('channels: [')).toHaveProperty('problems');
    expect(readConfigText('channels: []')).toHaveProperty('problems');
  });
});

describe('editing .env', () => {
  it('replaces and adds variables, and keeps the other lines', () => {
    const before = '# mine\nSLACK_BOT_TOKEN=\nexport S2_API_KEY=abc # key\n\nPAPERBOY_HTTP=off\n';
    const after = editDotenv(before, { SLACK_BOT_TOKEN: 'xoxb-1', S2_API_KEY: 'new', DISCORD_TOKEN: 'a b#c' });
    expect(after).toBe('# mine\nSLACK_BOT_TOKEN=xoxb-1\nS2_API_KEY=new\n\nPAPERBOY_HTTP=off\nDISCORD_TOKEN="a b#c"\n');
    expect(parseEnv(after)).toEqual({
      ...{ SLACK_BOT_TOKEN: 'xoxb-1', S2_API_KEY: 'new', PAPERBOY_HTTP: 'off', DISCORD_TOKEN: 'a b#c' },
    });
  });

  it('leaves a commented-out variable alone', () => {
    expect(editDotenv('# OPENAI_API_KEY=old\n', { OPENAI_API_KEY: 'sk-1' })).toBe(
      '# OPENAI_API_KEY=old\nOPENAI_API_KEY=sk-1\n',
    );
  });

  it('begins a new file with a comment', () => {
    expect(editDotenv(undefined, { OPENAI_API_KEY: 'sk-1' })).toMatch(/^# .*\nOPENAI_API_KEY=sk-1\n$/);
  });
});

it('has a name for every category, and for no other', () => {
  expect(Object.keys(categoryNames).sort()).toEqual([...categories].sort());
});
