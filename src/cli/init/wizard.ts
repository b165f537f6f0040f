import type { Readable, Writable } from 'node:stream';
import { whenText } from '../../../commands/shared/schedule-words.ts';
import type { Variables } from '../../../config/environment.ts';
import { channelNameFault, cronFault, timeZoneFault } from '../../../config/values.ts';
import { platformOf } from '../../core/addresses.ts';
import { UserError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { PlatformDescriptor } from '../../core/platform.ts';
import { useProxies } from '../../core/proxy.ts';
import { choicesOf, type Draft, draftOf, modelOf, papersText } from '../../setup/draft.ts';
import { differenceOf } from '../../setup/files.ts';
import type { ModelServer } from '../../setup/models.ts';
import { createOwnSetup, type OwnSetup, type Setup } from '../../setup/setup.ts';
import { type PlannedFile, writeFiles } from '../../setup/write-files.ts';
import { chooseChat, chooseChats } from './chat.ts';
import { chooseModel } from './model.ts';
import { Cancelled, createPrompts } from './prompts.ts';
import { askPapersPerDay, changeCategories, chooseReading } from './reading.ts';
import type { InitFlags, Session } from './session.ts';

type Parts = {
  env: Variables;
  cwd: string;
  version: string;
  platforms: readonly PlatformDescriptor[];
  logger: Logger;
  signal: AbortSignal;
  input: Readable;
  output: Writable;
  modelServers?: readonly ModelServer[] | undefined;
  /** False without a terminal. */
  canAsk: boolean;
  /** Runs the new channel once. */
  run(options: { channel: string; dryRun: boolean }): Promise<void>;
};

const checkFlags = (flags: InitFlags, { maxPapers }: Draft): void => {
  const refuse = (flag: string, fault: string | undefined): void => {
    if (fault !== undefined) throw new UserError(`${flag}: ${fault}`);
  };
  if (flags.channel !== undefined) refuse('--channel', channelNameFault(flags.channel));
  if (flags.timezone !== undefined) refuse('--timezone', timeZoneFault(flags.timezone));
  if (flags.schedule !== undefined) refuse('--schedule', cronFault(flags.schedule));
  if (flags.papersPerDay !== undefined && (flags.papersPerDay < 1 || flags.papersPerDay > maxPapers))
    refuse('--papers-per-day', `write a whole number from 1 to ${maxPapers}`);
};

const askTime = async ({ prompts, draft }: Session): Promise<void> => {
  draft.timezone = await prompts.text({
    message: 'Time zone',
    initial: draft.timezone,
    validate: (value) => timeZoneFault(value.trim()),
  });
  draft.schedule = await prompts.text({
    message: 'Schedule, as cron: minute, hour, day of month, month, day of week',
    initial: draft.schedule,
    validate: (value) => cronFault(value.trim()),
  });
};

/** By their names if the platforms say them. */
const placesOf = ({ setup, draft }: Session): Promise<string[]> =>
  Promise.all(
    draft.post.map(async (destination) => {
      const chat = setup.chats.find(({ name }) => name === platformOf(destination));
      const label = await chat?.labelOf(destination, draft.variables);
      return label === undefined ? destination : `${label} on ${chat?.label}`;
    }),
  );

const summaryOf = (setup: Setup, draft: Draft, places: readonly string[]): string =>
  [
    `Channel: ${draft.channel}`,
    `Reads: ${papersText(draft)}`,
    `Posts: ${[...places, 'web'].join(', ')} ${whenText(draft)}`,
    `Scores with: ${modelOf(setup, draft) ?? 'the built-in scorer'}`,
    ...(draft.admins.length > 0 ? [`New admin: ${draft.admins.join(', ')}`] : []),
  ].join('\n');

/** One thing to change, or to go on. @returns false to go on */
const changeOne = async (session: Session, proceed: string): Promise<boolean> => {
  const { prompts, setup, draft } = session;
  prompts.say(summaryOf(setup, draft, await placesOf(session)));
  const what = await prompts.select('Change something?', [
    { value: 'no', label: proceed },
    { value: 'words', label: 'What you want to read' },
    { value: 'categories', label: 'Categories' },
    { value: 'papers', label: 'Papers per day' },
    { value: 'time', label: 'Time and time zone' },
    { value: 'model', label: 'Language model' },
    ...setup.chats.map(({ name, label }) => ({ value: name, label })),
  ]);
  switch (what) {
    case 'no':
      return false;
    case 'words':
      await chooseReading(session);
      return true;
    case 'categories':
      await changeCategories(session);
      return true;
    case 'papers':
      await askPapersPerDay(session);
      return true;
    case 'time':
      await askTime(session);
      return true;
    case 'model':
      await chooseModel(session);
      return true;
    default:
      await chooseChat(session, what);
      return true;
  }
};

const showFiles = ({ prompts }: Session, files: readonly PlannedFile[]): void => {
  for (const file of files) {
    prompts.step(`${file.shown} ${file.before === undefined ? '(new)' : 'changes'}`);
    prompts.plain(differenceOf(file));
  }
};

/** The files to write. Asks for changes as long as Paperboy could not start with them. */
const plan = async (session: Session): Promise<PlannedFile[]> => {
  const { setup, prompts, isInteractive } = session;
  for (;;) {
    try {
      return await setup.plan(choicesOf(session.draft));
    } catch (error) {
      if (!isInteractive || !(error instanceof UserError)) throw error;
      prompts.warn(error.message);
      await changeOne(session, 'No, try again');
    }
  }
};

/** Shows the files, asks, and writes them. @returns whether anything was written */
const finish = async (session: Session): Promise<boolean> => {
  const { prompts, isInteractive } = session;
  for (;;) {
    const files = await plan(session);
    if (files.length === 0) {
      prompts.success('Everything is set already; nothing needs to be written.');
      return false;
    }
    showFiles(session, files);
    const names = files.map(({ shown }) => shown).join(', ');
    if (!isInteractive || !(await changeOne(session, `No, write ${names}`))) {
      await writeFiles(files);
      prompts.success(`Written: ${names}`);
      return true;
    }
  }
};

/** Without a database that can be opened, the first run says so. */
const keepDay = async (setup: OwnSetup, { day }: Draft): Promise<void> => {
  await (day && setup.keep(day))?.catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
  });
};

const runFirst = async (session: Session, own: OwnSetup, parts: Parts): Promise<void> => {
  const { setup, flags, prompts, draft, isInteractive } = session;
  const first =
    flags.first ??
    (isInteractive
      ? await prompts.select('The first digest', [
          { value: 'none', label: 'Post it when npm start runs' },
          { value: 'post', label: 'Post it now' },
          { value: 'wait', label: 'Post it at the next scheduled time' },
          { value: 'print', label: 'Print it here, and post it at the next scheduled time' },
        ])
      : 'none');
  const isWaiting = first === 'wait' || first === 'print';
  if (isWaiting) await own.postpone(draft.channel);
  if (first === 'post' || first === 'print') await parts.run({ channel: draft.channel, dryRun: first === 'print' });
  if (isWaiting) prompts.say(`npm start posts the first digest at the next scheduled time: ${whenText(draft)}.`);
  const isKnown = setup.present.file?.channels.some(({ name }) => name === draft.channel);
  if (first === 'none' && !isKnown)
    prompts.say(`npm start posts the first digest at once; later ones ${whenText(draft)}.`);
};

const nextStep = ({ environment }: Setup['present']): string => {
  const { http } = environment;
  const page =
    http === 'off' ? '' : `, then open http://${http.host === '0.0.0.0' ? '127.0.0.1' : http.host}:${http.port}`;
  return `Type npm start${page}`;
};

/** Questions would be needed, and there is nobody to ask. */
export class MissingFlags extends UserError {
  constructor() {
    super(
      'init asks questions, and there is no terminal to ask in. Add --read "WORDS" or --like LINK, and --yes to accept the defaults for the rest (--categories, --papers-per-day, --channel, --timezone, --schedule, --model, --slack, --discord, --admin).',
    );
  }
}

/** Sets Paperboy up by questions and flags. Writes nothing before the end. @returns the exit code */
export const runInit = async (flags: InitFlags, parts: Parts): Promise<number> => {
  const { signal } = parts;
  const isInteractive = parts.canAsk && !flags.yes;
  if (!parts.canAsk && !flags.yes) throw new MissingFlags();
  const prompts = createPrompts({ input: parts.input, output: parts.output, signal });
  const setup = await createOwnSetup(parts);
  let isWritten = false;
  const { proxies } = setup.present.environment;
  if (proxies) useProxies({ http: proxies.http?.reveal(), https: proxies.https?.reveal(), except: proxies.except });
  try {
    const draft = await draftOf(setup, flags);
    checkFlags(flags, draft);
    const session: Session = { setup, flags, draft, prompts, isInteractive, signal };
    const isNew = draft.topics === '';
    const isReading = flags.read !== undefined || flags.like !== undefined || flags.categories !== undefined;
    if (isNew && !isInteractive && flags.read === undefined && flags.like === undefined) throw new MissingFlags();
    if (isInteractive) prompts.intro('Set up Paperboy. Nothing is written before the end; Ctrl-C stops.');
    if (isNew || isReading) await chooseReading(session);
    if (isNew || !isInteractive) {
      await chooseModel(session);
      await chooseChats(session);
    } else while (await changeOne(session, 'No, go on')) {}
    isWritten = await finish(session);
    if (isWritten) {
      await keepDay(setup, draft);
      await runFirst(session, setup, parts);
    }
    prompts.outro(nextStep(setup.present));
    return 0;
  } catch (error) {
    if (!(error instanceof Cancelled) && !signal.aborted) throw error;
    prompts.outro(isWritten ? nextStep(setup.present) : 'Cancelled. Nothing was written.');
    return isWritten && !signal.aborted ? 0 : 1;
  } finally {
    setup.close();
  }
};
