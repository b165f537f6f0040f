import { html } from 'hono/html';
import type { DigestEntry } from '../core/digest.ts';
import { byTopic } from '../core/digest-text.ts';
import type { Ballots } from './ballot.ts';
import { type Html, lines } from './html.ts';
import { paperCard } from './paper-card.ts';
import { countLabel } from './scores.ts';

/** The cards of papers, best first. */
export const paperCards = (entries: readonly DigestEntry[], ballots: Ballots): Html =>
  lines(entries.map((entry) => paperCard({ entry, level: 3, ballot: ballots.get(entry.paper.id), showTopic: true })));

/** The cards of papers under the topic that each matches best; every topic with its count. */
export const paperCardsByTopic = (entries: readonly DigestEntry[], ballots: Ballots): Html =>
  lines(
    byTopic(entries).map(
      (group) => html`<section class="topic">
          <h3>${group.topic} ${countLabel(group.entries.length)}</h3>
          ${lines(group.entries.map((entry) => paperCard({ entry, level: 4, ballot: ballots.get(entry.paper.id), showTopic: false })))}
        </section>`,
    ),
  );
