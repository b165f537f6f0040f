import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { openStores } from '../../db/sqlite/index.ts';
import { renderPost } from '../../src/chat/slack/render.ts';
import { type DigestStyle, digestStyles } from '../../src/core/digest.ts';
import { headerMessage, paperMessage } from '../../src/digest/messages.ts';
import { slackPage } from './slack.ts';

// Draws the header and the thread of a stored digest as Slack shows them, and prints their heights.

const usage = `node tools/drawing/main.ts --database FILE --channel NAME [--date D] [--style compact|full] [--width 390] [--out FILE.png]`;

const { values } = parseArgs({
  options: {
    database: { type: 'string' },
    channel: { type: 'string' },
    date: { type: 'string' },
    style: { type: 'string', default: 'compact' },
    width: { type: 'string', default: '390' },
    out: { type: 'string' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
});
const style = digestStyles.find((one): one is DigestStyle => one === values.style);
if (!values.database || !values.channel || !style) {
  console.error(`usage: ${usage}`);
  process.exit(2);
}

const stores = openStores(values.database);
const { channel, date } = values;
const digest = await (date === undefined ? stores.digests.newest(channel) : stores.digests.find(channel, date));
stores.close();
if (!digest) throw new Error(`there is no digest of ${channel}`);

const shown = { ...digest, style };
const parts = {
  header: [headerMessage(shown)],
  thread: shown.entries.map((entry) => paperMessage(entry, shown)),
};
const browser = await chromium.launch({ executablePath: values.chromium });
try {
  for (const [name, messages] of Object.entries(parts)) {
    const page = await browser.newPage({ viewport: { width: Number(values.width), height: 800 } });
    await page.setContent(slackPage(messages.map((message, index) => renderPost(message, `drawn-${index}`))));
    const height = await page.evaluate('document.documentElement.scrollHeight');
    console.log(`${name}: ${messages.length} messages, ${style}, ${height} px high at ${values.width} px`);
    if (values.out) await writeFile(resolve(`${values.out}-${name}.png`), await page.screenshot({ fullPage: true }));
  }
} finally {
  await browser.close();
}
