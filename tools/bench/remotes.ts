import { startFakeArxiv } from '../../tests/fakes/arxiv.ts';
import { localSlackAvailable, startLocalSlack } from '../../tests/fakes/local-slack.ts';
import { startFakeOpenAi } from '../../tests/fakes/openai.ts';
import { startSlackApi } from '../../tests/fakes/slack-api.ts';
import { date, inventDay, verdictOf } from './papers.ts';

// Everything that the measured processes talk to, in a process of its own until its input ends. It writes one line: the
// variables that lead to it, as JSON.
const arxiv = await startFakeArxiv({ days: { [date]: inventDay() } });
const model = await startFakeOpenAi({ verdict: verdictOf });
const slack = localSlackAvailable() ? await startLocalSlack() : await startSlackApi();

const environment: Record<string, string> = {
  ARXIV_RSS_URL: arxiv.url,
  ARXIV_WEB_URL: arxiv.url,
  PAPERBOY_NOW: `${date}T13:00:00Z`,
  OPENAI_BASE_URL: model.url,
  SLACK_BOT_TOKEN: 'xoxb-local-bot',
  SLACK_APP_TOKEN: 'xapp-local-app',
  SLACK_API_URL: slack.apiUrl,
};
console.log(JSON.stringify(environment));

process.stdin.resume().once('end', async () => {
  await Promise.all([arxiv.close(), model.close(), slack.close()]);
});
