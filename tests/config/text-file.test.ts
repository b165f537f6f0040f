import { describe, expect, it } from 'vitest';
import { decodeText } from '../../config/text-file.ts';
import { channel, load, problems, withFile } from './helpers.ts';

const text = '# Wanted\r\n- sparse graphs\r\n- Größe, 図\r\n';
const littleEndian = Buffer.from(text, 'utf16le');
const bigEndian = Buffer.from(littleEndian).swap16();
const latin = '- sparse graphs\n- pruning\n';

describe('a file as text', () => {
  it.each([
    ['UTF-8', Buffer.from(text), text],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`), text],
    ['UTF-16 of Windows', Buffer.from(`\ufeff${text}`, 'utf16le'), text],
    ['big-endian UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), text],
    ['UTF-16 without a byte order mark', Buffer.from(latin, 'utf16le'), latin],
    ['big-endian UTF-16 without a byte order mark', Buffer.from(latin, 'utf16le').swap16(), latin],
    ['Chinese UTF-16', Buffer.from('\ufeff- 图神经网络\n- 量化\n', 'utf16le'), '- 图神经网络\n- 量化\n'],
    ['an empty file', Buffer.from(''), ''],
    ['a replacement character', Buffer.from('a \ufffd b'), 'a \ufffd b'],
  ])('is read from %s', (_, bytes, read) => {
    expect(decodeText(bytes)).toEqual({ text: read });
  });

  it.each([
    ['Latin-1', Buffer.from('# Topics\n- Größe\n', 'latin1'), 2],
    ['Windows-1252', Buffer.from([0x2d, 0x20, 0x93, 0x61, 0x94, 0x0a]), 1],
    ['Shift JIS', Buffer.from([0x2d, 0x20, 0x90, 0x7d, 0x8c, 0x60, 0x0a]), 1],
    ['a PDF', Buffer.from([0x25, 0x50, 0x44, 0x46, 0x0a, 0x00, 0x01, 0x02]), 2],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d]), 1],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x2d, 0, 0, 0]), 1],
    ['half a pair of UTF-16', Buffer.from([0xff, 0xfe, 0x2d, 0x00, 0x0a, 0x00, 0x3d, 0xd8]), 2],
  ])('is refused from %s, with the line', (_, bytes, line) => {
    expect(decodeText(bytes)).toEqual({ fault: 'is not text in UTF-8 or UTF-16; save it as UTF-8', line });
  });
});

describe('the files of the config', () => {
  const yaml = `channels:\n${channel()}`;

  it('may be in UTF-16', async () => {
    const { channels } = await load({
      'config/paperboy.yaml': Buffer.from(`\ufeff${yaml}`, 'utf16le'),
      'config/topics.md': Buffer.from(`\ufeff${text}`, 'utf16le'),
    });
    expect(channels[0]?.rubric.topics).toBe(text);
    expect(bigEndian).not.toEqual(littleEndian);
  });

  it('are refused with the key, the path and one line number if they are not text', async () => {
    const broken = Buffer.from('# Topics\n- Größe\n', 'latin1');
    expect(await problems(withFile(yaml, {}, { 'config/topics.md': broken }))).toEqual([
      expect.stringMatching(
        /^channels\[0\]\.topics: .*topics\.md is not text in UTF-8 or UTF-16; save it as UTF-8 \(line 5\)$/,
      ),
    ]);
    expect(await problems(load({ 'config/paperboy.yaml': broken }))).toEqual([
      expect.stringMatching(/paperboy\.yaml is not text in UTF-8 or UTF-16; save it as UTF-8 \(line 2\)$/),
    ]);
    expect(await problems(load({ '.env': broken }))).toEqual([expect.stringContaining('.env is not text')]);
  });
});

describe('.env', () => {
  const written = 'OPENAI_API_KEY=sk-1\r\nOPENAI_BASE_URL=http://127.0.0.1:9/v1\r\n';
  const openai = async (env: string | Uint8Array) => {
    const { openai } = (await load({ '.env': env })).env;
    return [openai?.apiKey?.reveal(), openai?.baseUrl];
  };

  it.each([
    ['a byte order mark', Buffer.from(`\ufeff${written}`)],
    ['UTF-16', Buffer.from(`\ufeff${written}`, 'utf16le')],
    ['UTF-16 without a mark', Buffer.from(written, 'utf16le')],
    ['quotes', 'OPENAI_API_KEY="sk-1"\nOPENAI_BASE_URL=\'http://127.0.0.1:9/v1\'\n'],
    ['curly quotes', 'OPENAI_API_KEY=“sk-1”\nexport OPENAI_BASE_URL = ‘http://127.0.0.1:9/v1’\n'],
    ['comments', '# keys\nOPENAI_API_KEY=sk-1 # mine\nOPENAI_BASE_URL="http://127.0.0.1:9/v1" # theirs\n'],
  ])('may have %s', async (_, env) => {
    expect(await openai(env)).toEqual(['sk-1', 'http://127.0.0.1:9/v1']);
  });

  it('may be passed on with its quotes, as Docker does', async () => {
    const { env } = await load({}, { OPENAI_API_KEY: '"sk-1"', S2_API_KEY: "'s2'" });
    expect([env.openai?.apiKey?.reveal(), env.s2.apiKey?.reveal()]).toEqual(['sk-1', 's2']);
  });

  it('keeps quotes and marks inside a value', async () => {
    expect((await openai('OPENAI_API_KEY=`_a"b\'c*`\n'))[0]).toBe('_a"b\'c*');
  });

  it('must close its quotes on the same line', async () => {
    expect(await problems(load({ '.env': 'S2_API_KEY="abc\nOPENAI_API_KEY=sk-1\nPAPERBOY_HTTP="off"\n' }))).toEqual([
      'S2_API_KEY in .env has several lines; close its quotes on its own line',
    ]);
  });
});
