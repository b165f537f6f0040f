import { sampleName } from '../../config/sample-day.ts';
import type { App } from '../app.ts';
import { ExternalError } from '../core/errors.ts';
import { isReachable } from '../core/http.ts';
import { failureParts } from '../core/network.ts';
import { countOf, type Paper } from '../core/paper.ts';
import type { Check } from '../core/platform.ts';

export const pagesName = 'arXiv pages';
export const feedsName = 'arXiv feeds';
export const announcementName = 'arXiv announcement';

export const checkAddress = async (name: string, url: string): Promise<Check> => {
  if (await isReachable(url)) return { name, ok: true, detail: `${url} is reachable` };
  return {
    ...{ name, ok: false, detail: `${url} cannot be reached` },
    fix: 'check the network, a firewall, or the ARXIV_… variable',
  };
};

/** Reads a whole announcement as a run does, because a proxy may answer with a page of its own. */
export const checkAnnouncement = async (
  { source, channels, config }: App,
  signal: AbortSignal,
): Promise<{ check: Check; paper?: Paper | undefined }> => {
  const name = announcementName;
  const [category] = channels.list().flatMap((channel) => (channel.name === sampleName ? [] : channel.categories));
  if (category === undefined) return { check: { name, ok: true, detail: 'no channel has a category' } };
  try {
    const { date, papers } = await source.newest(category, signal);
    const detail = `${countOf(papers.length, 'paper')} in ${category} on ${date}`;
    return { check: { name, ok: true, detail }, paper: papers[0]?.paper };
  } catch (error) {
    if (!(error instanceof ExternalError)) throw error;
    const page = `${config.env.arxiv.webUrl}/list/${category}/new`;
    const fix = `open ${page} in a browser on this machine; a proxy or firewall may answer in its place`;
    return { check: { name, ok: false, ...failureParts(error, fix) } };
  }
};
