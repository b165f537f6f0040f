import { parseArgs } from 'node:util';
import { startLocalSlack } from './local-slack.ts';

// A Slack workspace for trying the bot by hand: node tests/fakes/run-local-slack.ts --port 4200
const { values } = parseArgs({ options: { port: { type: 'string' } } });
const slack = await startLocalSlack(values.port ? { port: Number(values.port) } : {});
console.log(`SLACK_API_URL=${slack.apiUrl}
SLACK_BOT_TOKEN=${slack.botToken}
SLACK_APP_TOKEN=${slack.appToken}

Channels:    ${Object.entries(slack.channels)
  .map(([name, id]) => `#${name} slack:${id}`)
  .join(', ')}
In a browser: ${slack.uiUrl}
As a person:  ${slack.uiUrl}/_control/{message,command,reaction,state,messages/CHANNEL,log,reset}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void slack.close());
