import { type FakePaper, startFakeArxiv } from '../../tests/fakes/arxiv.ts';
import { localSlackAvailable, startLocalSlack } from '../../tests/fakes/local-slack.ts';
import { type FakeVerdict, startFakeOpenAi } from '../../tests/fakes/openai.ts';
import { startSlackApi } from '../../tests/fakes/slack-api.ts';
import { createRandom } from '../evaluation/metrics.ts';

const date = '2025-07-08';

const fresh = 650;
const replaced = 65;
const abstractLength = 1_200;
const pickEvery = 13;

const termsOfArt =
  'sparse attention pruning quantization router expert token gradient kernel transformer diffusion reward policy graph molecule embedding retrieval benchmark cache low-rank spectral convergence regret sample causal federated latent decoder encoder prompt'.split(
    ' ',
  );
const syllables = 'ba co di fu ga he lo mi nu pe ra si to vu wen zor'.split(' ');

const categoriesOf = (share: number): string[] => {
  if (share < 0.45) return ['cs.LG'];
  if (share < 0.65) return ['cs.LG', 'cs.AI', 'stat.ML'];
  if (share < 0.85) return ['cs.AI'];
  return share < 0.93 ? ['cs.CV', 'cs.LG'] : ['cs.CL', 'cs.AI'];
};

const inventDay = (): FakePaper[] => {
  const random = createRandom(20_250_708);
  const pick = <T>(values: readonly T[], bias = 1): T => values[Math.floor(random() ** bias * values.length)] as T;
  const invented = Array.from({ length: 3_000 }, () =>
    Array.from({ length: 2 + Math.floor(random() * 3) }, () => pick(syllables)).join(''),
  );
  // A few words are frequent and most are rare, as in natural language.
  const word = (): string => (random() < 0.15 ? pick(termsOfArt) : pick(invented, 3));
  const sentence = (words: number): string => {
    const text = Array.from({ length: words }, word).join(' ');
    return `${text[0]?.toUpperCase()}${text.slice(1)}.`;
  };
  const abstract = (): string => {
    let text = sentence(15);
    while (text.length < abstractLength - 200 + random() * 400) text += ` ${sentence(8 + Math.floor(random() * 20))}`;
    return text;
  };
  const name = (): string => `${pick('ABCDEFGHJKLMN'.split(''))}. ${sentence(1).slice(0, -1)}`;

  return Array.from({ length: fresh + replaced }, (_, index): FakePaper => {
    const isReplaced = index >= fresh;
    const number = String(isReplaced ? index - fresh + 1 : index + 1).padStart(5, '0');
    return {
      id: `${isReplaced ? '2506' : '2507'}.${number}`,
      title: sentence(6 + Math.floor(random() * 8)).slice(0, -1),
      abstract: abstract(),
      authors: Array.from({ length: 1 + Math.floor(random() * 8) }, name),
      categories: categoriesOf(random()),
      comments: `${10 + Math.floor(random() * 30)} pages`,
      ...(isReplaced ? { version: 2, replaced: true } : {}),
    };
  });
};

const verdictOf = (id: string): FakeVerdict => {
  const number = Number(id.slice(-5));
  const passes = number % pickEvery === 0;
  return {
    relevance: passes ? 8 + (number % 3) : 1 + (number % 7),
    novelty: passes ? 7 + (number % 4) : 1 + (number % 6),
    comment: 'Meets the topic of sparse attention with a router that is trained together with the cache it serves.',
  };
};

// Runs the fake remotes until its input ends. It writes one line: the environment variables with their addresses, as JSON.
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
