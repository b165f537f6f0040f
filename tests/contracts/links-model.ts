import fc from 'fast-check';
import { expect } from 'vitest';
import type { Stores } from '../../src/core/stores.ts';
import { buttonEmoji, type Vote, voteOfEmoji } from '../../src/core/votes.ts';

/** Ada has three identities, Ben one. */
const identities: readonly string[] = ['slack:T1:ADA', 'discord:9:ADA', 'web:local:ada', 'slack:T2:BEN'];
export const papers: readonly string[] = ['2507.00001', '2507.00002'];
const codes: readonly string[] = ['BBBB-BBBB', 'CCCC-CCCC', 'DDDD-DDDD', 'FFFF-FFFF'];
const destination = 'slack:T1:C1';
const channel = 'foundations';

/** What can happen to the database itself, if a test can do it. */
export type Copies = { copy(): Promise<void>; restore(): Promise<Stores> };

export type Step =
  | { do: 'link'; who: number; to: number }
  | { do: 'unlink' | 'unlink all' | 'forget'; who: number }
  | { do: 'react' | 'unreact'; who: number; paper: number; emoji: string }
  | { do: 'press'; who: number; paper: number; vote: Vote | undefined }
  | { do: 'save' | 'unsave' | 'read' | 'unread' | 'ask'; who: number; paper: number }
  | { do: 'copy' | 'restore' };

const who = fc.nat(identities.length - 1);
const paper = fc.nat(papers.length - 1);

/** Steps in any order. @param hasCopies Whether the database is also copied and restored. */
export const steps = (hasCopies: boolean): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constant('link' as const), who, to: who }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('unlink' as const, 'unlink all' as const), who }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('forget' as const), who }) },
      {
        weight: 6,
        arbitrary: fc.record({
          ...{ do: fc.constantFrom('react' as const, 'unreact' as const), who, paper },
          emoji: fc.constantFrom('+1', '-1', 'tada'),
        }),
      },
      {
        weight: 4,
        arbitrary: fc.record({
          ...{ do: fc.constant('press' as const), who, paper },
          vote: fc.constantFrom('up' as const, 'down' as const, undefined),
        }),
      },
      {
        weight: 6,
        arbitrary: fc.record({
          ...{ do: fc.constantFrom(...(['save', 'unsave', 'read', 'unread', 'ask'] as const)), who, paper },
        }),
      },
      ...(hasCopies
        ? [{ weight: 4, arbitrary: fc.record({ do: fc.constantFrom('copy' as const, 'restore' as const) }) }]
        : []),
    ),
    { maxLength: 40, size: 'max' },
  );

type Kind = 'reaction' | 'saved' | 'read' | 'ask' | 'link';

/** One thing that is stored about an identity. `value`: the emoji, or the number of the group of linked identities. */
type Fact = { kind: Kind; who: number; paper: number; value: string; at: string };

type Model = { facts: Fact[]; copied: Fact[] | undefined; forgotten: Map<number, string> };

const groupOf = ({ facts }: Model, who: number): number[] => {
  const link = facts.find((one) => one.kind === 'link' && one.who === who);
  const linked = facts.filter((one) => link && one.kind === 'link' && one.value === link.value);
  return linked.length > 1 ? linked.map((one) => one.who) : [who];
};

const isButton = (emoji: string): boolean => Object.values<string>(buttonEmoji).includes(emoji);

/** All facts after a step. */
const factsAfter = (model: Model, step: Step, at: string): Fact[] => {
  const { facts } = model;
  const without = (isDropped: (fact: Fact) => boolean): Fact[] => facts.filter((fact) => !isDropped(fact));
  const having = (kind: Kind, { who, paper }: { who: number; paper: number }, value = '', among = facts): Fact[] => {
    const isThere = among.some(
      (one) => one.kind === kind && one.who === who && one.paper === paper && one.value === value,
    );
    return isThere && kind !== 'ask' ? among : [...among, { kind, who, paper, value, at }];
  };
  switch (step.do) {
    case 'link': {
      const both = [...groupOf(model, step.who), ...groupOf(model, step.to)];
      if (step.who === step.to || groupOf(model, step.who).includes(step.to)) return facts;
      const since = new Map(facts.flatMap((one) => (one.kind === 'link' ? [[one.who, one.at]] : [])));
      const links = both.map((one): Fact => {
        return { kind: 'link', who: one, paper: -1, value: at, at: since.get(one) ?? at };
      });
      return [...without((fact) => fact.kind === 'link' && both.includes(fact.who)), ...links];
    }
    case 'unlink':
    case 'unlink all': {
      const group = groupOf(model, step.who);
      const left = step.do === 'unlink all' || group.length < 3 ? group : [step.who];
      return without((fact) => fact.kind === 'link' && left.includes(fact.who));
    }
    case 'forget': {
      const group = groupOf(model, step.who);
      for (const one of group) model.forgotten.set(one, at);
      return without((fact) => group.includes(fact.who));
    }
    case 'react':
      return having('reaction', step, step.emoji);
    case 'unreact':
    case 'press': {
      const isTaken = ({ value }: Fact): boolean => (step.do === 'press' ? isButton(value) : value === step.emoji);
      const left = without(
        (fact) => fact.kind === 'reaction' && fact.who === step.who && fact.paper === step.paper && isTaken(fact),
      );
      return step.do === 'press' ? having('reaction', step, buttonEmoji[step.vote ?? 'none'], left) : left;
    }
    case 'save':
      return having('saved', step);
    case 'read':
      return having('read', step);
    case 'ask':
      return having('ask', { who: step.who, paper: -1 });
    case 'unsave':
    case 'unread': {
      const [kind, group] = [step.do === 'unsave' ? 'saved' : 'read', groupOf(model, step.who)];
      return without((fact) => fact.kind === kind && group.includes(fact.who) && fact.paper === step.paper);
    }
    case 'copy':
      model.copied = facts;
      return facts;
    case 'restore':
      return (model.copied ?? facts).filter((fact) => !model.copied || fact.at > (model.forgotten.get(fact.who) ?? ''));
  }
};

/** The newest thumb of a person, if they did not take it back since. */
const voteOf = ({ facts }: Model, group: readonly number[], paper: number): Vote | undefined =>
  voteOfEmoji(
    facts
      .filter((one) => one.kind === 'reaction' && group.includes(one.who) && one.paper === paper)
      .filter(({ value }) => voteOfEmoji(value) !== undefined || value === buttonEmoji.none)
      .toSorted((a, b) => (a.at < b.at ? -1 : 1))
      .at(-1)?.value ?? '',
  );

const perform = async (stores: Stores, step: Step, at: string, copies: Copies | undefined): Promise<Stores> => {
  const person = 'who' in step ? (identities[step.who] ?? '') : '';
  const paperId = 'paper' in step ? (papers[step.paper] ?? '') : '';
  const message = { destination, messageId: `2025-07-08-${'paper' in step ? step.paper + 1 : 0}` };
  switch (step.do) {
    case 'link':
      await stores.links.offer(person, codes[step.who] ?? '', at);
      await stores.links.join(identities[step.to] ?? '', codes[step.who] ?? '', at);
      break;
    case 'unlink':
      await stores.links.leave(person);
      break;
    case 'unlink all':
      await stores.links.separate(person);
      break;
    case 'forget':
      await stores.changes.forget(person, at);
      break;
    case 'react':
      await stores.reactions.add({ message, person, emoji: step.emoji }, at);
      break;
    case 'unreact':
      await stores.reactions.remove({ message, person, emoji: step.emoji });
      break;
    case 'press':
      await stores.reactions.press({ channel, paperId, destination }, person, step.vote, at);
      break;
    case 'save':
      await stores.saved.add(person, paperId, at);
      break;
    case 'unsave':
      await stores.saved.remove(person, paperId);
      break;
    case 'read':
      await stores.readMarks.add(person, paperId, at);
      break;
    case 'unread':
      await stores.readMarks.remove(person, paperId);
      break;
    case 'ask':
      await stores.changes.add({ at, person, channel, action: 'ask', value: {} });
      break;
    case 'copy':
      await copies?.copy();
      break;
    case 'restore':
      if (copies) return copies.restore();
  }
  return stores;
};

/** What people see, by the model. */
const expected = (model: Model) => {
  const groups = new Map(identities.map((_, who) => [who, groupOf(model, who)]));
  const people = [...new Map([...groups.values()].map((group) => [group.toSorted().join(), group])).values()];
  const of = (kind: Kind, group: readonly number[], paper: number): Fact[] =>
    model.facts.filter((one) => one.kind === kind && group.includes(one.who) && one.paper === paper);
  return {
    people: identities.map((_, who) => {
      const group = groups.get(who) ?? [];
      const saved = papers.flatMap((id, paper) => {
        const [first] = of('saved', group, paper).toSorted((a, b) => (a.at < b.at ? -1 : 1));
        return first ? [{ id, at: first.at }] : [];
      });
      return {
        linked: group.length > 1 ? group.map((one) => identities[one]).toSorted() : [],
        votes: papers.map((_, paper) => voteOf(model, group, paper)),
        saved: saved.toSorted((a, b) => (a.at < b.at ? 1 : -1)),
        read: papers.map((_, paper) => of('read', group, paper).length > 0),
        asked: of('ask', group, -1).length,
      };
    }),
    votes: papers.map((_, paper) => {
      const cast = people.map((group) => voteOf(model, group, paper));
      return { up: cast.filter((one) => one === 'up').length, down: cast.filter((one) => one === 'down').length };
    }),
    saved: papers.map((_, paper) => people.filter((group) => of('saved', group, paper).length > 0).length),
  };
};

/** What people see, by the stores. */
const actual = async (stores: Stores): Promise<ReturnType<typeof expected>> => {
  const counts = await stores.reactions.votes(channel, papers);
  return {
    people: await Promise.all(
      identities.map(async (person) => {
        const { own } = await stores.reactions.ballots(channel, papers, person);
        const read = await stores.readMarks.among(person, papers);
        return {
          linked: (await stores.links.linked(person)).map((one) => one.person).toSorted(),
          votes: papers.map((id) => own.get(id)),
          saved: (await stores.saved.list(person)).map(({ paper, at }) => ({ id: paper.id, at })),
          read: papers.map((id) => read.has(id)),
          asked: await stores.changes.count(person, 'ask', ''),
        };
      }),
    ),
    votes: papers.map((id) => counts.get(id) ?? { up: 0, down: 0 }),
    saved: await Promise.all(papers.map((id) => stores.saved.count(id))),
  };
};

/**
 * Performs steps, and compares what people see after each with a simple model.
 * @returns The stores, and the identities about which nothing may be stored.
 */
export const followSteps = async (
  opened: Stores,
  taken: readonly Step[],
  copies?: Copies,
): Promise<{ stores: Stores; unknown: string[] }> => {
  const model: Model = { facts: [], copied: undefined, forgotten: new Map() };
  let stores = opened;
  for (const [minute, step] of taken.entries()) {
    const at = new Date(Date.parse('2025-07-08T14:00:00.000Z') + minute * 60_000).toISOString();
    stores = await perform(stores, step, at, model.copied || step.do === 'copy' ? copies : undefined);
    model.facts = factsAfter(model, step, at);
    expect(await actual(stores), `after step ${minute}, ${JSON.stringify(step)}`).toEqual(expected(model));
  }
  // A code of an identity that is not linked to anything stays until it is too old.
  const offering = new Set(taken.flatMap((step) => (step.do === 'link' && step.who === step.to ? [step.who] : [])));
  const unknown = identities.filter((_, who) => !offering.has(who) && !model.facts.some((fact) => fact.who === who));
  return { stores, unknown };
};
