import type { Channel } from '../../src/core/channel.ts';
import { defineCommand } from '../../src/core/command.ts';
import type { Inline } from '../../src/core/message.ts';
import type { Change } from '../../src/core/stores.ts';
import { button, buttonsBlock } from '../parts/buttons.ts';
import { cutoffsText, typedCutoffs } from '../parts/cutoffs.ts';
import { momentText } from '../parts/dates.ts';
import { lineCounts } from '../parts/draft-view.ts';
import { lineChanges } from '../parts/line-changes.ts';
import { personText } from '../parts/people.ts';
import { firstTopicsText } from '../parts/topics-origin.ts';
import { type TopicsVersion, topicsVersions } from '../parts/topics-versions.ts';

const most = 20;

/** What a version changed in the one before it; all that is known of the first is what it set. */
const whatOf = ({ topics, cutoffs }: TopicsVersion, before: TopicsVersion | undefined): string => {
  const lines = before ? lineCounts(lineChanges(before.topics, topics)) : '';
  const isSame = before && typedCutoffs(before.cutoffs) === typedCutoffs(cutoffs);
  const parts = [...(lines ? [lines] : []), ...(isSame ? [] : [cutoffsText(cutoffs)])];
  return parts.join('; ') || 'blanks and empty lines';
};

export const topicsHistory = defineCommand({
  name: 'history',
  summary: 'who changed the topics, when and how',
  examples: ['topics history'],
  options: {},

  async run(context) {
    const { person, stores } = context;
    const channel: Channel = await context.channel();
    const versions = await topicsVersions(channel.name, stores.changes);
    const undos = new Map((await stores.changes.list(channel.name, 'undo')).map((undo) => [undo.changeId, undo]));
    const when = ({ at, person: by }: Pick<Change, 'at' | 'person'>): string =>
      `${momentText(new Date(at), channel.timezone)}, ${personText(by, person)}`;
    const first = (await firstTopicsText(channel, context)) ?? 'those of the config file';
    const items = versions.map((version, index): Inline[] => {
      const { record } = version;
      // What was taken back before it was made is not what it changed.
      const before = versions
        .slice(0, index)
        .findLast((one) => one.record.undoneBy === undefined || one.record.undoneBy > record.changeId);
      const undo = record.undoneBy === undefined ? undefined : undos.get(record.undoneBy);
      const back = undo ? ` (taken back: ${when(undo)})` : '';
      return [`${when(record)}: ${whatOf(version, before)}${back}`];
    });
    const canUndo = versions.some(({ record }) => record.undoneBy === undefined) && context.mayManage(channel);
    const older = items.length - most;
    return {
      summary: `Edits of the topics of ${channel.name}`,
      blocks: [
        { type: 'heading', text: `Edits of the topics of ${channel.name}` },
        ...(items.length > 0
          ? [{ type: 'list' as const, ordered: false, items: items.toReversed().slice(0, most) }]
          : [{ type: 'paragraph' as const, content: [`None: they are ${first}.`] }]),
        ...(older > 0 ? [{ type: 'note' as const, content: [`${older} older ones are not shown.`] }] : []),
        ...buttonsBlock([
          ...button('Topics', ['topics show']),
          ...(canUndo ? button('Take the newest back', ['topics undo']) : []),
        ]),
      ],
    };
  },
});
