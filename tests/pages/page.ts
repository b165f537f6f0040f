import { type HTMLElement, parse } from 'node-html-parser';

export const parsePage = (page: string): HTMLElement => parse(page, { comment: true });

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** The text of an element, without markup and with single spaces. */
export const textOf = (element: HTMLElement | null): string =>
  (element?.innerHTML ?? '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(\w+|#39);/g, (whole, name: string) => entities[name] ?? whole)
    .replace(/\s+/g, ' ')
    .trim();

/** The values of an attribute, in the page's order. */
export const attributesOf = (element: HTMLElement, selector: string, name: string): string[] =>
  element.querySelectorAll(selector).flatMap((one) => one.getAttribute(name) ?? []);
