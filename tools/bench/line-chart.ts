export type Axis = { title: string; from: number; to: number; ticks: readonly number[]; label(value: number): string };
export type Line = {
  name: string;
  color: string;
  isDashed?: boolean;
  points: readonly (readonly [x: number, y: number])[];
  named: { x: number; y: number; anchor?: 'start' | 'middle' | 'end' };
};

const width = 720;
const height = 380;
const plot = { left: 64, right: 24, top: 24, bottom: 56 };

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** An SVG picture for light and dark pages. The title is the accessible name. */
export const lineChart = (title: string, x: Axis, y: Axis, lines: readonly Line[]): string => {
  const across = (value: number): string =>
    (plot.left + ((value - x.from) / (x.to - x.from)) * (width - plot.left - plot.right)).toFixed(1);
  const up = (value: number): string =>
    (height - plot.bottom - ((value - y.from) / (y.to - y.from)) * (height - plot.top - plot.bottom)).toFixed(1);
  const rows = y.ticks.map(
    (tick) => `<line x1="${across(x.from)}" x2="${across(x.to)}" y1="${up(tick)}" y2="${up(tick)}" class="grid"/>
<text x="${plot.left - 8}" y="${up(tick)}" dy="4" text-anchor="end">${escaped(y.label(tick))}</text>`,
  );
  const columns = x.ticks.map(
    (tick) =>
      `<text x="${across(tick)}" y="${height - plot.bottom + 20}" text-anchor="middle">${escaped(x.label(tick))}</text>`,
  );
  const drawn = lines.map(({ name, color, isDashed, points, named }) => {
    const path = points.map(([px, py]) => `${across(px)},${up(py)}`).join(' ');
    const dash = isDashed ? ' stroke-dasharray="6 5"' : '';
    const { x: nameX, y: nameY, anchor = 'start' } = named;
    return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2.5" stroke-linejoin="round"${dash}/>
<text x="${across(nameX)}" y="${up(nameY)}" text-anchor="${anchor}" font-weight="600" style="fill:${color}">${escaped(name)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">
<title>${escaped(title)}</title>
<style>text{fill:#444}.grid{stroke:#e3e3e3}</style>
<rect width="100%" height="100%" rx="8" fill="#fff"/>
${rows.join('\n')}
${columns.join('\n')}
<text x="${across((x.from + x.to) / 2)}" y="${height - 12}" text-anchor="middle">${escaped(x.title)}</text>
<text x="${plot.left}" y="14">${escaped(y.title)}</text>
${drawn.join('\n')}
</svg>
`;
};
