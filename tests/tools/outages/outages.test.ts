import { describe, expect, it } from 'vitest';
import { brokenIn, faultsOf, type Outcome } from '../../../tools/outages/outcome.ts';
import { expectedPapers } from '../../../tools/outages/remotes.ts';
import { outagePage, outagePicture } from '../../../tools/outages/report.ts';

const digest = { notices: [], papers: [...expectedPapers], engines: ['openai'], bases: ['id'] };
const shown = [...expectedPapers];
const fine: Outcome = {
  ...{ remote: 'slack', failure: '500', title: 'HTTP 500', runMs: 30_000, failedRequests: 3, recoveredMs: 0 },
  told: { chat: [], admin: [], status: [], healthz: [], doctor: [], page: [], log: [] },
  ...{ doctorMs: 3_000, doctorCode: 0, botMb: 180, doctorMb: 170 },
  ...{ during: { ...digest, shown }, after: { ...digest, shown, digests: 1 } },
  ...{ leaks: [], crash: undefined, wallMs: 40_000, requests: 20 },
};
const idealMs = 25_000;
const told = { ...fine.told, admin: ['a'], status: ['Slack is not connected.'], healthz: ['platform slack'] };

describe('the outcome of a day', () => {
  it('is fine if nothing is broken, whatever the lights', () => {
    expect(brokenIn(fine)).toEqual([]);
    expect(faultsOf(fine, idealMs)).toEqual([]);
  });

  it.each<[string, Partial<Outcome>]>([
    ['not posted', { during: undefined }],
    ['8 of 8 papers not in chat', { during: { ...digest, shown: [] } }],
    ['built-in scorer', { during: { ...digest, shown, engines: ['local'] } }],
    ['authors by name', { during: { ...digest, shown, bases: ['name'] } }],
    ['other papers', { during: { ...digest, papers: shown.slice(1), shown } }],
  ])('is broken: %s', (expected, change) => {
    expect(brokenIn({ ...fine, ...change })).toEqual([expected]);
    const silent = ['status is green', 'healthz is green', 'doctor is green', 'nobody is told'];
    expect(faultsOf({ ...fine, ...change }, idealMs)).toEqual(silent);
    expect(faultsOf({ ...fine, ...change, told: { ...told, doctor: ['✗ Slack'] }, doctorCode: 1 }, idealMs)).toEqual(
      [],
    );
  });

  it.each<[string, Partial<Outcome>]>([
    ['takes more than five minutes', { runMs: 326_000 }],
    ['takes more than five minutes', { runMs: undefined }],
    ['takes 301 MB', { doctorMb: 301 }],
    ['S2_API_KEY is leaked', { leaks: ['S2_API_KEY'] }],
    ['the bot crashes', { crash: 'TypeError' }],
    ['the day is never posted', { recoveredMs: undefined }],
    ['posted twice', { after: { ...digest, shown: [...shown, ...shown.slice(0, 1)], digests: 1 } }],
    ['posted twice', { after: { ...digest, shown, digests: 2 } }],
  ])('is at fault: %s', (expected, change) => {
    expect(faultsOf({ ...fine, ...change }, idealMs)).toEqual([expected]);
  });
});

describe('the page of outages', () => {
  const late: Outcome = { ...fine, during: undefined, told, runMs: 85_000, recoveredMs: 600_000 };

  it('says what became of each day', () => {
    const page = outagePage([{ ...fine, failure: 'none', runMs: idealMs }], [late]);
    expect(page).toContain('| HTTP 500 | posted 10 min after the outage **(doctor is green)** | 60 | 180 |');
    expect(page).toContain('| Slack is not connected. | admins, status, healthz |');
    expect(page).toContain('| Slack | 1 | 0 | 0 | 1 | 60 | 180 | 1 |');
  });

  it('draws a cell for each day', () => {
    const picture = outagePicture([{ ...fine, failure: 'none', runMs: idealMs }], [late]);
    expect(picture).toContain('>+60 s</text>');
    expect(picture).toContain('#e2574c"/>');
  });
});
