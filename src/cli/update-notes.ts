import type { UpdateNote } from '../core/update-notes.ts';

/**
 * What new versions change for the admins of an existing installation: changed defaults, and what they have to do. Add a
 * note at the end, with the heading of CHANGELOG.md that lists the change. Everything else is in CHANGELOG.md alone.
 */
export const updateNotes: readonly UpdateNote[] = [
  {
    ...{ id: 'screening', version: 'Unreleased', needs: 'language model' },
    text: 'The language model reads only papers that it may pick, which costs less. To let it read all, set scorer.prefilter to off.',
  },
  {
    ...{ id: 'command-budget', version: 'Unreleased', needs: 'language model' },
    text: 'Commands such as ask and rescore may spend at most half of scorer.dailyBudgetUsd.',
  },
  {
    ...{ id: 'batches', version: 'Unreleased', needs: 'language model' },
    text: 'With OpenAI, papers that can wait are scored in batches, at half the price. To score all of them at once, set scorer.batch to off.',
  },
  {
    ...{ id: 'compact-digests', version: 'Unreleased' },
    text: 'Digests are compact: abstracts are behind a button. To show them in the messages, set digest.style to full.',
  },
  {
    ...{ id: 'match', version: 'Unreleased' },
    text: 'The built-in scorer shows a rank and a match instead of points, and cutoffs do not apply to it. papersPerDay sets how many papers it may pick.',
  },
  {
    ...{ id: 'nightly-copies', version: 'Unreleased' },
    text: 'The database is copied every night to the folder backups beside it. The key backup sets how many copies are kept, or turns them off.',
  },
  {
    ...{ id: 'sign-in-again', version: 'Unreleased', needs: 'web secret' },
    text: 'Everybody has to sign in to the web page once more. If a proxy is in front of it, add the proxy to web.trustedProxies.',
  },
  {
    ...{ id: 'slack-manifest', version: 'Unreleased', needs: 'Slack' },
    text: 'Update the Slack app with manifest.slack.json: admins get private messages then, and entries of the message menu have their new names.',
  },
];
