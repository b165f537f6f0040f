const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * A format of dates, made once for its locale and options. Each holds some 30 KB outside of the heap, where the garbage
 * collector does not see them.
 */
export const dateFormat = (locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const key = JSON.stringify([locale, options]);
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, format);
  return format;
};
