import type { Channel } from '../core/channel.ts';
import { settleMatches } from './authors.ts';
import type { DraftParts } from './draft.ts';

/** The index of authors learns of a paper within two weeks; later nobody looks at the page for it. */
const settledAfterMs = 14 * 86_400_000;

/** Confirms or refutes matches with followed authors that were by name alone, now that the index may know the papers. */
export const settleAuthors = async (
  channel: Channel,
  { stores, authors, clock }: Pick<DraftParts, 'stores' | 'authors' | 'clock'>,
  signal: AbortSignal,
): Promise<void> => {
  if (channel.authors.length === 0) return;
  const since = new Date(clock.now().getTime() - settledAfterMs).toISOString();
  const recent = (await stores.digests.summaries(channel.name)).filter(({ createdAt }) => createdAt >= since);
  const digests = await Promise.all(recent.map(({ date }) => stores.digests.between(channel.name, date, date)));
  const open = digests
    .flat()
    .flatMap(({ digestId, entries }) =>
      entries.flatMap(({ paper, reason }) =>
        reason.kind === 'author' && reason.matches.some(({ basis }) => basis === 'name')
          ? [{ digestId, paper, matches: reason.matches }]
          : [],
      ),
    );
  const settled = await settleMatches(open, channel.authors, authors, signal);
  for (const { digestId, paper } of open) {
    const matches = settled.get(paper.id);
    if (matches) await stores.digests.setReason(digestId, paper.id, { kind: 'author', matches });
  }
};
