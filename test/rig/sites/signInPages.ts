import { html, type Exchange } from './exchange.ts';
import { canary } from './switches.ts';

function cookies({ request }: Exchange): Map<string, string> {
  return new Map(
    (request.headers.cookie ?? '').split(/; */).map((one) => {
      const at = one.indexOf('=');
      return [one.slice(0, at), one.slice(at + 1)];
    }),
  );
}

export function isSignedIn(at: Exchange): boolean {
  return at.state.sessions.has(cookies(at).get('session') ?? '');
}

/** A script that does what the user would do. */
const userActs = (at: Exchange, script: string): string =>
  at.state.switches.userActsAfter === null ? '' : `<script>setTimeout(() => { ${script} }, ${at.state.switches.userActsAfter})</script>`;

function signedIn(at: Exchange, back: string): true {
  const session = `${canary.cookie}-${at.state.sessions.size}`;
  at.state.sessions.add(session);
  // With an age, so that the cookie outlives the browser, as those of "keep me signed in" do.
  at.response.writeHead(303, { location: back, 'set-cookie': `session=${session}; HttpOnly; Path=/; Max-Age=86400; SameSite=Lax` }).end();
  return true;
}

/** `/login`, `/two-factor`, `/captcha`, and the captcha before the list. */
export async function signInPages(at: Exchange): Promise<boolean> {
  const { url, request, state } = at;
  const sent = request.method === 'POST' ? new URLSearchParams(at.body) : null;
  const local = (path: string | null | undefined): string => (path?.startsWith('/') === true ? path : '/rfis');
  const back = local(sent?.get('back') ?? url.searchParams.get('back'));
  const hidden = `<input type="hidden" name="back" value="${back.replaceAll('"', '')}">`;
  switch (url.pathname) {
    case '/login': {
      if (sent !== null && sent.get('password') === canary.password) {
        if (!state.switches.twoFactor) return signedIn(at, back);
        at.response.writeHead(303, { location: `/two-factor?back=${encodeURIComponent(back)}` }).end();
        return true;
      }
      const fill = `document.querySelector('[name=user]').value = '${canary.user}'; document.querySelector('[name=password]').value = '${canary.password}'; document.querySelector('form').requestSubmit();`;
      return html(
        at,
        'Sign in',
        `<main><h1>Sign in</h1>${sent === null ? '' : '<p role="alert">Wrong password</p>'}<form method="post" action="/login">${hidden}
        <label>User name <input name="user" autocomplete="username"></label>
        <label>Password <input name="password" type="password" autocomplete="current-password"></label><button>Sign in</button></form></main>${userActs(at, fill)}`,
      );
    }
    case '/two-factor': {
      if (sent !== null && sent.get('code') === canary.code) return signedIn(at, back);
      const fill = `document.querySelector('[name=code]').value = '${canary.code}'; document.querySelector('form').requestSubmit();`;
      return html(
        at,
        'Two-step verification',
        `<main><h1>Enter the code</h1><form method="post" action="/two-factor">${hidden}
        <label>Code <input name="code" inputmode="numeric" autocomplete="one-time-code"></label><button>Verify</button></form></main>${userActs(at, fill)}`,
      );
    }
    case '/captcha':
      if (sent === null)
        return html(
          at,
          'Challenge',
          `<form method="post" action="/captcha" target="_top"><label><input type="checkbox" onchange="this.form.requestSubmit()"> I am not a robot</label></form>${userActs(at, "document.querySelector('input').click()")}`,
        );
      state.switches.captcha = false;
      at.response.writeHead(303, { location: '/rfis' }).end();
      return true;
    default:
      if (!state.switches.captcha || !url.pathname.startsWith('/rfis')) return false;
      return html(
        at,
        'One moment',
        '<main><h1>One moment</h1><iframe title="reCAPTCHA" name="captcha" src="/captcha?/recaptcha/api2/anchor"></iframe></main>',
      );
  }
}
