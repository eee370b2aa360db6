import type { Page } from 'playwright-core';

/** What stands between the job and its page, and wants a person. */
export type Wall = 'signIn' | 'twoFactor' | 'captcha';

/** Somebody has to sign in, or to show that they are a person, before the step can be done. */
export class WallError extends Error {
  readonly wall: Wall;
  /** Where to go afterwards; null for the page that it happened on. */
  readonly url: string | null;

  constructor(wall: Wall, url: string | null) {
    super(`a wall: ${wall}`);
    this.wall = wall;
    this.url = url;
  }
}

const signInPath = /(^|[/_.-])(log-?in|sign-?in|sso|saml2?|oauth2?|authorize|auth|session\/new|two-?factor|2fa|mfa)([/_.?-]|$)/i;
const secondStepPath = /two-?(factor|step)|2fa|mfa|otp|verify-code/i;

const pathOf = (url: string) => (URL.canParse(url) ? new URL(url).pathname : '');

/** Whether an address looks like one where people sign in. */
export const isSignInAddress = (url: string): boolean => signInPath.test(pathOf(url));

/**
 * What stands in the way on this page; null when nothing does.
 * @param asked the address that was asked for, when it was: a job that opens a sign-in page on purpose is not stopped by it.
 * @param status of the answer to it.
 */
export async function wallOn(page: Page, asked: string | null, status: number | null): Promise<Wall | null> {
  const wanted = asked !== null && isSignInAddress(asked);
  const seen = await page.evaluate(lookForWall);
  if (seen.captcha) return 'captcha';
  if (wanted) return null;
  if (seen.code && (secondStepPath.test(pathOf(page.url())) || !seen.password)) return 'twoFactor';
  if (seen.password) return 'signIn';
  if (status === 401 || status === 403) return 'signIn';
  return isSignInAddress(page.url()) && seen.form ? 'signIn' : null;
}

/** Runs in the page. */
function lookForWall(): { password: boolean; code: boolean; captcha: boolean; form: boolean } {
  const shown = (element: Element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 0 && height > 0 && getComputedStyle(element).visibility !== 'hidden';
  };
  // A form with much else to fill in is no sign-in, even if a password is among it.
  const small = (element: Element, most: number) => {
    const fields = (element.closest('form') ?? document).querySelectorAll('input, select, textarea');
    const idle = /^(hidden|checkbox|radio|button|submit|image|reset)$/;
    return (
      [...fields].filter(
        (field) => !(field instanceof HTMLInputElement && (idle.test(field.type) || field.maxLength === 1)) && shown(field),
      ).length <= most
    );
  };
  const any = (selector: string) => [...document.querySelectorAll(selector)].some((element) => shown(element) && small(element, 4));
  // The badge of an invisible captcha is small and stops nobody.
  const captcha = [...document.querySelectorAll('iframe')].some((frame) => {
    const { width, height } = frame.getBoundingClientRect();
    const about = `${frame.src} ${frame.title}`;
    return (
      width >= 200 &&
      height >= 60 &&
      /recaptcha|hcaptcha|captcha|challenges\.cloudflare\.com|arkoselabs|funcaptcha/i.test(about) &&
      shown(frame)
    );
  });
  return {
    password: any('input[type=password]'),
    code: any(
      'input[autocomplete=one-time-code], input[name*=otp i], input[id*=otp i], input[name*=totp i], input[name*=mfa i], input[name*=twofactor i]',
    ),
    captcha,
    form: any('form input'),
  };
}
