import { describe, expect, it } from 'vitest';
import { parseTopics, topicSides } from '../../src/scoring/topics.ts';

const sidesOf = (markdown: string) => topicSides(parseTopics(markdown));
const both = { wanted: ['worm drives', 'backlash'], unwanted: ['snow', 'hedges'] };
const list = '- worm drives\n- backlash\n';
const unwantedList = '- snow\n- hedges\n';

describe('a label above a list', () => {
  it.each([
    ...['We are fed up with:', 'I’m sick of reading about:', 'Bored by', 'We’ve had more than enough of:'],
    ...['Enough of:', 'We can’t stand:', 'Things I could do without', 'Over it:', 'No patience for'],
    ...['No thank you:', 'Hard pass:', 'Not really our jam', 'Too much of this already:', 'What leaves me cold'],
    ...['Less keen on:', 'We’re not so fond of:', 'Except:', 'Excluding:', 'But not:', 'Minus:'],
    ...['## Stuff that bores us to death', '## Hype that our group is tired of', '**Our pet peeves**'],
    ...['Das interessiert uns nicht:', '## Nicht wichtig für mich', 'Keine Lust auf', 'Pas intéressé par :'],
    ...['Ce qui ne nous intéresse pas', 'No nos interesan:', 'Sin interés', 'Non ci interessa:'],
    ...['Não nos interessa', 'Interesseert ons niet:'],
  ])('rejects if it is %j', (label) => {
    expect(sidesOf(`${list}\n${label}\n\n${unwantedList}`)).toEqual(both);
  });

  it.each([
    ...['Our lab studies:', 'I build:', 'We can’t get enough of:', 'We never tire of:', 'What I can’t live without'],
    ...['We’re big fans of:', 'What excites us most', 'Interessant für uns', 'Ce qui nous intéresse :'],
    ...['Nos interesa:', 'Ci interessano:', 'Interessa-nos ler', '## Problems that we cannot solve yet'],
  ])('wants if it is %j', (label) => {
    expect(sidesOf(`${label}\n\n${list}`)).toMatchObject({ unwanted: [] });
  });

  it('rejects as an item of a numbered list', () => {
    expect(sidesOf('1) gears\n2) Except: watch gears\n3) ropes')).toEqual({
      wanted: ['gears', 'ropes'],
      unwanted: ['watch gears'],
    });
  });
});

describe('a sentence', () => {
  it.each(['not snow and not hedges', 'not snow, and no hedges'])('rejects at its end: %j', (end) => {
    expect(sidesOf(`gears with springs, ${end}`)).toEqual({
      wanted: ['gears with springs'],
      unwanted: ['snow', 'hedges'],
    });
  });

  it.each([
    ['We are less keen on snow.', ['snow']],
    ['I’m not that into snow these days.', ['snow']],
    ['We’re not particularly excited about snow.', ['snow']],
    ['Snow excites us less.', ['Snow']],
    ['We are done with snow.', ['snow']],
    ['I am not a big fan of snow.', ['snow']],
    ['I can’t stand another snow paper, and anything about hedges.', ['another snow paper', 'anything about hedges']],
    ['We cannot bear snow or anything about hedges.', ['snow', 'anything about hedges']],
    ['No snow and no hedges.', ['snow', 'hedges']],
    ['We do not read about snow, nor about hedges.', ['snow', 'about hedges']],
    ['Papers on snow are not okay.', ['Papers on snow']],
    ['Papers on snow are not fine.', ['Papers on snow']],
  ])('rejects its subject: %j', (sentence, unwanted) => {
    expect(sidesOf(`We like gears.\n\n${sentence}`)).toEqual({ wanted: ['We like gears'], unwanted });
  });

  it.each([
    ...['Papers on snow are okay if they melt', 'Hedges are fine if they are short', 'Lawns are always welcome'],
    ...['Bonus points for proofs', 'We never want to miss papers on ropes', 'I can’t wait for papers on ropes'],
  ])('keeps what it allows, also below a rejection: %j', (sentence) => {
    expect(sidesOf(`${sentence}.`)).toEqual({ wanted: [sentence], unwanted: [] });
    if (!/^(?:We|I) /.test(sentence))
      expect(sidesOf(`No violins. ${sentence}.`)).toEqual({ wanted: [sentence], unwanted: ['violins'] });
  });

  it('allows something within a rejected list', () => {
    expect(sidesOf('Not for us:\n\nSnow. Hedges are okay if they are short. Bonus points for lawns.')).toEqual({
      wanted: ['Hedges are okay if they are short', 'Bonus points for lawns'],
      unwanted: ['Snow'],
    });
  });

  it.each([
    ...['Over-parameterized networks', 'Exceptional points', 'Fine-tuning of models', 'Enough labels for training'],
    ...['Detect: a study', 'Existing: a study', 'PASS: a protocol', 'It’s not that simple', 'Despite: a study'],
    ...['Message passing', 'Thanks to attention', 'Hi-C maps', 'Models that cannot stand alone'],
  ])('is a subject: %j', (text) => {
    expect(sidesOf(`- ${text}\n- gears\n`)).toEqual({ wanted: [text, 'gears'], unwanted: [] });
  });
});

describe('text that names no subject', () => {
  it.each([
    ...['Hi!', 'Hello everyone,', 'Dear Paperboy maintainers,', 'Good morning!', 'Hallo zusammen!'],
    ...['Thanks a lot!', '# What we’d love to see', '# Things I’d like to read about', '# Hi there!'],
  ])('is left out: %j', (text) => {
    expect(sidesOf(`${text}\n\nworm drives, backlash, rope`).wanted).toEqual(['worm drives', 'backlash', 'rope']);
    expect(sidesOf(`- gears\n- ropes\n\n${text}\n`)).toEqual({ wanted: ['gears', 'ropes'], unwanted: [] });
  });

  it('is removed before a sentence', () => {
    expect(sidesOf('Hi! We like gears.').wanted).toEqual(['We like gears']);
  });
});
