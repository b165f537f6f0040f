import type { Channel } from '../../src/core/channel.ts';
import { arxivTimeZone, dateIn, longDate } from '../../src/core/clock.ts';
import { type CommandContext, defineCommand } from '../../src/core/command.ts';
import { ExternalError, UserError } from '../../src/core/errors.ts';
import { type Block, type Inline, type Message, textMessage } from '../../src/core/message.ts';
import { describeCounts, describeEngines } from '../../src/digest/text.ts';
import { button, buttonsBlock } from '../shared/buttons.ts';
import { cutoffsText } from '../shared/cutoffs.ts';
import { paperLine, scoreText } from '../shared/paper-lines.ts';
import { scheduleText } from '../shared/schedule-words.ts';
import { addHereDraft, findHereDraft, type HereDraft, hereForm, settingsOf, starterTopics } from './drafts.ts';
import { placeOwner, removeHere } from './remove.ts';

const maxShown = 5;

const draftOption = { type: 'integer', description: 'number of the draft', minimum: 0, maximum: 1e12 } as const;

const paragraph = (...content: Inline[]): Block => ({ type: 'paragraph', content });

const taken = ({ name, categories }: Channel, canRemove: boolean): Message => ({
  summary: `This place belongs to ${name} already`,
  blocks: [
    paragraph(`This place belongs to the channel ${name} already, which reads ${categories.join(' and ')}.`),
    ...buttonsBlock([
      ...button('What it reads', ['topics show']),
      ...button('Edit the topics', ['topics edit']),
      ...button('When it posts', ['schedule']),
      ...(canRemove ? button('Take it away', ['here remove']) : []),
    ]),
  ],
});

export const here = defineCommand({
  name: 'here',
  summary: 'bring Paperboy into this place, with a look at the last day before it starts; remove takes it away again',
  examples: ['here', 'here remove'],
  rights: 'managers',
  options: {
    remove: { type: 'word', values: ['remove'], description: 'take away what was brought here in chat; asks first' },
    confirmed: { ...draftOption, keyword: 'confirmed', isHidden: true, description: 'do it at once' },
  },

  async run(context, { remove, confirmed }) {
    const { channels, destination } = context;
    if (remove || confirmed !== undefined) return removeHere(context, confirmed);
    const owner = placeOwner(channels.list(), destination);
    if (owner) return taken(owner, channels.origin(owner.name) !== undefined);
    const timezone = channels.list()[0]?.timezone ?? arxivTimeZone;
    return { form: hereForm({ name: '', categories: '', topics: starterTopics, timezone }) };
  },
});

/** The newest day under a channel that is not there yet. */
const previewBlocks = async (channel: Channel, context: CommandContext): Promise<Block[]> => {
  const { stores, services, clock, signal } = context;
  const { categories } = channel;
  await context.progress(textMessage(`Looking at the newest papers of ${categories.join(' and ')} …`));
  const date = (await stores.announcements.newestDate(categories)) ?? dateIn(clock.now(), arxivTimeZone);
  const draft = await services.draft(channel, date, signal).catch((error: unknown) => {
    if (error instanceof ExternalError) return undefined;
    throw error;
  });
  if (!draft)
    return [
      paragraph('I cannot show the last day now, because its papers could not be read; you may start all the same.'),
    ];
  const { entries, nearest } = draft;
  const shown = (entries.length > 0 ? entries : nearest).slice(0, maxShown);
  const items = shown.map(({ paper, score }) => paperLine(paper, scoreText(score)));
  return [
    paragraph({ text: `${longDate(draft.date)} would have been: `, bold: true }, describeCounts(draft)),
    ...(entries.length === 0 && items.length > 0 ? [paragraph('These came nearest:')] : []),
    ...(items.length > 0 ? [{ type: 'list' as const, ordered: true, items }] : []),
    { type: 'note', content: [`${describeEngines(draft)}, at no cost.`] },
  ];
};

/** What the form says. */
export const hereCheck = defineCommand({
  name: 'herecheck',
  summary: 'shows what Paperboy would post in this place',
  examples: ['herecheck'],
  rights: 'managers',
  isHidden: true,
  options: {},

  async run(context) {
    const { fields, channels, destination } = context;
    if (fields.name === undefined) throw new UserError('Type /arxiv here for a form.');
    const { name, categories = '', topics = '', timezone = '' } = fields;
    const draft: HereDraft = { name, categories, topics, timezone, destination };
    const draftId = String(await addHereDraft(draft, context));
    const change = button('Change', ['herechange', draftId]);
    let wanted: Channel;
    try {
      wanted = channels.previewNew(settingsOf(draft));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return {
        summary: 'Not started yet',
        blocks: [paragraph(`${error.message} What you wrote is kept.`), ...buttonsBlock(change)],
      };
    }
    return {
      summary: `${wanted.name}, not started yet`,
      blocks: [
        { type: 'heading', text: `${wanted.name}, not started yet` },
        paragraph(
          `It would read ${wanted.categories.join(' and ')} and post here ${scheduleText(wanted.schedule)} (${wanted.timezone}), papers with ${cutoffsText(wanted.cutoffs)}.`,
        ),
        ...(await previewBlocks(wanted, context)),
        ...buttonsBlock([...button('Start here', ['herestart', draftId], 'primary'), ...change]),
      ],
    };
  },
});

/** What the button under what was written says. */
export const hereChange = defineCommand({
  name: 'herechange',
  summary: 'goes on with the form of this place',
  examples: ['herechange 12'],
  rights: 'managers',
  isHidden: true,
  options: { draft: draftOption },

  async run(context, { draft: draftId = 0 }) {
    return { form: hereForm(await findHereDraft(draftId, context)) };
  },
});

/** What the button under the preview says. */
export const hereStart = defineCommand({
  name: 'herestart',
  summary: 'starts Paperboy in this place',
  examples: ['herestart 12'],
  rights: 'managers',
  isHidden: true,
  options: { draft: draftOption },

  async run(context, { draft: draftId = 0 }) {
    const { channels, stores, clock, person } = context;
    const settings = settingsOf(await findHereDraft(draftId, context));
    const made = await channels.create(settings, person);
    await stores.changes.undo(draftId, { at: clock.now().toISOString(), person });
    const { name, schedule, timezone, managers } = made;
    const who = managers.length > 0 ? 'Its managers and the admins' : 'The admins';
    return {
      summary: `${name} starts here`,
      blocks: [
        paragraph(
          { text: `${name} starts here. `, bold: true },
          `The first papers come with the next run: I post ${scheduleText(schedule)} (${timezone}). No restart is needed.`,
        ),
        paragraph(
          `${who} can change it with /arxiv topics edit, /arxiv schedule and /arxiv follow; everybody can ask and vote.`,
        ),
        ...buttonsBlock([
          ...button('What it reads', ['topics show']),
          ...button('When it posts', ['schedule']),
          ...button('What you can ask', ['help']),
        ]),
      ],
    };
  },
});
