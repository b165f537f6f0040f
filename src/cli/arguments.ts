import { InvalidArgumentError } from 'commander';
import { isIsoDate } from '../core/dates.ts';

export const date = (text: string): string => {
  if (isIsoDate(text)) return text;
  throw new InvalidArgumentError('Write a date as year-month-day, such as 2025-07-08.');
};

export const days = (text: string): number => {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a number of days, such as 20.');
};

export const atLeastOne = (text: string): number => {
  const count = days(text);
  if (count > 0) return count;
  throw new InvalidArgumentError('Write a number of days, at least 1.');
};

export const path = (text: string): string => {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Write a path, such as ./public.');
};
