import type { Channel } from '../../src/core/channel.ts';
import { longDate } from '../../src/core/clock.ts';
import type { CommandContext } from '../../src/core/command.ts';
import type { Message } from '../../src/core/message.ts';
import type { IsoDate } from '../../src/core/paper.ts';
import { lastRetraction } from '../../src/core/retracted.ts';
import { button, buttonsBlock } from './buttons.ts';
import { momentText } from './dates.ts';
import { personText } from './people.ts';

/** That a day without a digest had one that was taken back, by whom, and how it is made anew; undefined for any other. */
export const takenBack = async (
  { stores, person, mayManage }: Pick<CommandContext, 'stores' | 'person' | 'mayManage'>,
  channel: Channel,
  date: IsoDate,
): Promise<Message | undefined> => {
  const retraction = await lastRetraction(channel.name, date, stores.changes);
  if (!retraction || (await stores.digests.find(channel.name, date))) return undefined;
  const { by, at } = retraction;
  const summary = `The digest of ${longDate(date)} was taken back`;
  const text = `${summary} by ${personText(by, person)} (${momentText(new Date(at), channel.timezone)}).`;
  const canManage = mayManage(channel);
  const how = canManage
    ? 'It does not come back by itself.'
    : `The channel’s managers and the admins can have it made anew with /arxiv digest ${date}.`;
  return {
    summary,
    blocks: [
      { type: 'paragraph', content: [`${text} ${how}`] },
      ...buttonsBlock([
        ...(canManage ? button('Make and post it anew', ['digest', date, 'confirmed']) : []),
        ...button('Newest papers', ['top']),
      ]),
    ],
  };
};
