import { agentColors } from './agentFields.ts';

/** Red, green and blue of the colours the terminal shows, and of names that people write instead. */
const palette: Readonly<Record<string, readonly [number, number, number]>> = {
  red: [220, 38, 38],
  blue: [37, 99, 235],
  green: [22, 163, 74],
  yellow: [250, 204, 21],
  purple: [147, 51, 234],
  orange: [249, 115, 22],
  pink: [236, 72, 153],
  cyan: [8, 145, 178],
};

/** By meaning, where the distance between numbers would mislead. */
const meant: Readonly<Record<string, string>> = {
  magenta: 'pink',
  fuchsia: 'pink',
  rose: 'pink',
  coral: 'orange',
  amber: 'orange',
  brown: 'orange',
  gold: 'yellow',
  lime: 'green',
  emerald: 'green',
  olive: 'green',
  mint: 'green',
  teal: 'cyan',
  turquoise: 'cyan',
  aqua: 'cyan',
  sky: 'cyan',
  indigo: 'purple',
  violet: 'purple',
  lavender: 'purple',
  navy: 'blue',
  azure: 'blue',
  crimson: 'red',
  maroon: 'red',
  scarlet: 'red',
};

/** The hue in degrees, or null for grey. */
function hue([red, green, blue]: readonly [number, number, number]): number | null {
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (range < 24) return null;
  const sixth = most === red ? (green - blue) / range : most === green ? 2 + (blue - red) / range : 4 + (red - green) / range;
  return (sixth * 60 + 360) % 360;
}

function hexColor(text: string): readonly [number, number, number] | null {
  const digits = /^#?([0-9a-f]{3}|[0-9a-f]{6})(?:[0-9a-f]{2})?$/i.exec(text)?.[1];
  if (digits === undefined) return null;
  const full = digits.length === 3 ? digits.replaceAll(/./g, '$&$&') : digits;
  const part = (from: number) => Number.parseInt(full.slice(from, from + 2), 16);
  return [part(0), part(2), part(4)];
}

/** The colour of the eight that comes nearest to a name or a hex value; undefined when nothing tells. */
export function nearestColor(text: string): string | undefined {
  const name = text.trim().toLowerCase();
  const known = Object.hasOwn(meant, name) ? meant[name] : undefined;
  if (known !== undefined) return known;
  const part = agentColors.find((color) => name.includes(color));
  if (part !== undefined) return part;
  const rgb = hexColor(name);
  const wanted = rgb === null ? null : hue(rgb);
  if (wanted === null) return undefined;
  const away = (color: string) => {
    const own = hue(palette[color] ?? [0, 0, 0]) ?? 0;
    return Math.min(Math.abs(own - wanted), 360 - Math.abs(own - wanted));
  };
  return agentColors.toSorted((a, b) => away(a) - away(b))[0];
}
