import { describe, expect, it } from 'vitest';
import { signInPage } from '../../../src/pages/live/pages.ts';
import { attributesOf, parsePage, textOf } from '../page.ts';

const problem = 'That is not the secret.';

describe('the sign-in page', () => {
  it('matches its golden file', async () => {
    await expect(await signInPage({ to: '/foundations/?a=1&b=2', problem })).toMatchFileSnapshot('golden/sign-in.html');
  });

  it('works with password managers, and returns to the page', async () => {
    const page = parsePage(await signInPage({ to: '/foundations/', problem: undefined }));
    const [field] = page.querySelectorAll('input[type=password]');
    expect(field?.attributes).toMatchObject({ name: 'secret', autocomplete: 'current-password', required: '' });
    expect(attributesOf(page, 'form', 'method')).toEqual(['post']);
    expect(attributesOf(page, 'input[name=to]', 'value')).toEqual(['/foundations/']);
    expect(attributesOf(page, 'label', 'for')).toEqual([field?.id]);
    expect(page.querySelector('#problem')).toBeNull();
    for (const id of attributesOf(page, 'input', 'aria-describedby').flatMap((ids) => ids.split(' ')))
      expect(page.querySelector(`#${id}`), id).not.toBeNull();
  });

  it('says what was wrong, also to screen readers', async () => {
    const page = parsePage(await signInPage({ to: '/', problem }));
    expect(textOf(page.querySelector('[role=alert]'))).toBe(problem);
    expect(attributesOf(page, 'input', 'aria-describedby')).toEqual(['problem about-secret']);
    expect(attributesOf(page, 'input', 'aria-invalid')).toEqual(['true']);
  });

  it('escapes what it is given', async () => {
    const hostile = '/"><script>alert(1)</script>';
    const page = await signInPage({ to: hostile, problem: hostile });
    expect(page).not.toContain('<script');
    expect(attributesOf(parsePage(page), 'input[name=to]', 'value')).toHaveLength(1);
  });
});
