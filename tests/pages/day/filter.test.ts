import { describe, expect, it } from 'vitest';
import { filterOf, passing } from '../../../src/pages/day/filter.ts';
import { paperOf, scoreOf } from '../../fakes/fixtures.ts';
import { builtInDay, entry, mixedDay, writtenDay } from '../written-day.ts';

const day = writtenDay([
  entry(1, '1', { topic: 'Gears', paper: paperOf('1', { authors: ['Çağla Üçüncü'] }) }),
  entry(2, '2', { topic: 'Trains', score: scoreOf('2', 7, 7) }),
  entry(3, '3', { topic: 'Gears' }),
]);

const shownBy = (query: Record<string, string>, { digest } = day) =>
  passing(digest.entries, filterOf(query), { digest, isRead: (id) => id === '3' }).map(({ rank }) => rank);

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

  it('compares the match on a day of the built-in scorer, and only points on a mixed day', () => {
    expect(shownBy({ min: '98' }, builtInDay())).toEqual([1]);
    expect(shownBy({ min: '2' }, mixedDay())).toEqual([1]);
  });
});
