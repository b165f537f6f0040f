import { describe, expect, it } from 'vitest';
import { filterForm, filterOf, passing } from '../../../src/pages/day/filter.ts';
import { paperOf, scoreOf } from '../../fakes/fixtures.ts';
import { parsePage, textOf } from '../page.ts';
import { builtInDay, entry, mixedDay, writtenDay } from '../written-day.ts';

const day = writtenDay([
  entry(1, '1', { topic: 'Gears', paper: paperOf('1', { authors: ['Çağla Üçüncü'] }) }),
  entry(2, '2', { topic: 'Trains', score: scoreOf('2', 7, 7) }),
  entry(3, '3', { topic: 'Gears' }),
]);

const shownBy = (query: Record<string, string>, { digest } = day) =>
  passing(digest.entries, filterOf(query), (id) => id === '3').map(({ rank }) => rank);

describe('the filter of a day', () => {
  it.each([
    [{}, [1, 2, 3]],
    [{ topic: 'Gears' }, [1, 3]],
    [{ topic: 'gone' }, []],
    [{ author: ' ucuncu ' }, [1]],
    [{ min: '15' }, [1, 3]],
    [{ min: 'many' }, [1, 2, 3]],
    [{ unread: '1' }, [1, 2]],
    [{ topic: 'Gears', unread: '1', min: '17' }, [1]],
  ])('%j shows %j', (query, ranks) => {
    expect(shownBy(query)).toEqual(ranks);
  });

  it('compares each score with the minimum of its own kind', () => {
    expect(shownBy({ match: '98' }, builtInDay())).toEqual([1]);
    expect(shownBy({ min: '20' }, builtInDay())).toEqual([1, 2]);
    expect(shownBy({ min: '20' }, mixedDay())).toEqual([2]);
    expect(shownBy({ match: '98' }, mixedDay())).toEqual([1]);
    expect(shownBy({ min: '17', match: '97' }, mixedDay())).toEqual([1, 2]);
    expect(shownBy({ match: '98' })).toEqual([1, 2, 3]);
  });

  it.each([
    ['of a language model', day, ['Minimum score']],
    ['of the built-in scorer', builtInDay(), ['Minimum match (%)']],
    ['of both', mixedDay(), ['Minimum score', 'Minimum match (%)']],
  ])('offers the minimums of a day %s', async (_name, { digest }, minimums) => {
    const { entries } = digest;
    const form = filterForm({ entries, filter: filterOf(), shown: 2, page: 'index.html', canFilterUnread: true });
    const page = parsePage(String(await form));
    expect(
      page
        .querySelectorAll('label')
        .map(textOf)
        .filter((words) => words.startsWith('Minimum')),
    ).toEqual(minimums);
    expect(textOf(page).includes('a match instead of a score')).toBe(minimums.length === 2);
  });
});
