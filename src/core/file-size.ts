const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** "382 MB". */
export const fileSize = (bytes: number): string => {
  const power = bytes < 1_000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
};

/** A time as it is in names of files, which cannot have colons on every system: "2026-11-30T101500Z". */
export const fileTime = (at: Date): string => at.toISOString().replaceAll(':', '').replace(/\.\d+/, '');
