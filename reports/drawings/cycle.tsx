import { graphlib, layout } from '@dagrejs/dagre';
import type { Drawing } from '../../checkers/checker.js';
import { inline } from '../text.js';

export type CycleDrawing = Extract<Drawing, { kind: 'cycle' }>;

const CHARACTER = 7.3;
const LINE = 18;
const LABEL_LENGTH = 46;
const MAX_NODES = 40;

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
interface Routed {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly x: number;
  readonly y: number;
}

/** A dependency cycle as a graph; every edge says its relation in words, the reasons stand below as text. */
export function Cycle({ id, title, drawing }: { id: string; title: string; drawing: CycleDrawing }) {
  const nodes = drawing.nodes.slice(0, MAX_NODES);
  const edges = drawing.edges
    .filter(({ from, to }) => from < nodes.length && to < nodes.length)
    .map((edge) => ({ ...edge, relation: inline(edge.relation, 30) }));
  const lines = nodes.map(({ name, label }) => [inline(name, 40), ...wrap(inline(label, 140))]);
  const graph = layOut(lines, edges);
  const size = graph.graph() as { width: number; height: number };
  const arrow = `${id}-arrow`;
  return (
    <figure class="drawing">
      <div class="scroll" tabindex={0} role="region" aria-label={`Drawing: ${title}`}>
        <svg role="group" aria-labelledby={`${id}-title`} width={size.width + 4} height={size.height + 4} class="cycle">
          <title id={`${id}-title`}>{title}</title>
          <defs>
            <marker id={arrow} viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">
              <path d="M0 0L10 5L0 10z" class="arrow" />
            </marker>
          </defs>
          {edges.map(({ relation }, position) => {
            const routed = graph.edge({
              v: String(edges[position].from),
              w: String(edges[position].to),
              name: String(position),
            });
            return <Edge relation={relation} routed={routed as Routed} marker={arrow} />;
          })}
          {nodes.map((node, position) => (
            <a href={`#op=${node.index}`}>
              <Node placed={graph.node(String(position)) as Placed} lines={lines[position]} />
            </a>
          ))}
        </svg>
      </div>
      <figcaption>
        <ol class="because">
          {edges.map(({ from, to, relation, because }) => (
            <li>
              <strong>{inline(drawing.nodes[from].name, 40)}</strong> before{' '}
              <strong>{inline(drawing.nodes[to].name, 40)}</strong> (
              {Object.hasOwn(RELATIONS, relation) ? RELATIONS[relation] : relation}): {inline(because, 600)}
            </li>
          ))}
        </ol>
      </figcaption>
    </figure>
  );
}

const RELATIONS: Readonly<Record<string, string>> = {
  ww: 'ww, write after write',
  wr: 'wr, read of a write',
  rw: 'rw, overwrites what was read',
  process: 'process order',
  realtime: 'real time',
};

function layOut(lines: readonly (readonly string[])[], edges: CycleDrawing['edges']) {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 42, ranksep: 92, marginx: 6, marginy: 6 });
  for (const [position, texts] of lines.entries()) {
    const longest = Math.max(...texts.map((text) => text.length));
    graph.setNode(String(position), { width: longest * CHARACTER + 28, height: texts.length * LINE + 18 });
  }
  for (const [position, { from, to, relation }] of edges.entries()) {
    const label = { width: relation.length * CHARACTER + 16, height: 22, labelpos: 'c' };
    graph.setEdge(String(from), String(to), label, String(position));
  }
  layout(graph);
  return graph;
}

function Node({ placed, lines }: { placed: Placed; lines: readonly string[] }) {
  const left = placed.x - placed.width / 2;
  const top = placed.y - placed.height / 2;
  return (
    <g class="node">
      <rect x={left} y={top} width={placed.width} height={placed.height} rx={8} />
      {lines.map((line, position) => (
        <text x={left + 14} y={top + 9 + LINE * (position + 0.72)} class={position === 0 ? 'name' : undefined}>
          {line}
        </text>
      ))}
    </g>
  );
}

function Edge({ relation, routed, marker }: { relation: string; routed: Routed; marker: string }) {
  const width = relation.length * CHARACTER + 14;
  return (
    <g class={`edge ${Object.hasOwn(RELATIONS, relation) ? relation : 'other'}`}>
      <path d={smooth(routed.points)} marker-end={`url(#${marker})`} />
      <rect x={routed.x - width / 2} y={routed.y - 11} width={width} height={22} rx={11} />
      <text x={routed.x} y={routed.y + 4} text-anchor="middle">
        {relation}
      </text>
    </g>
  );
}

/** Through the first and last point, and bent towards those between (quadratic curves joined at midpoints). */
function smooth(points: Routed['points']): string {
  const [first, ...rest] = points;
  const last = rest.pop()!;
  let path = `M${first.x} ${first.y}`;
  for (const [position, control] of rest.entries()) {
    const next = rest[position + 1] as { x: number; y: number } | undefined;
    const end = next === undefined ? last : { x: (control.x + next.x) / 2, y: (control.y + next.y) / 2 };
    path += `Q${control.x} ${control.y} ${end.x} ${end.y}`;
  }
  return rest.length === 0 ? `${path}L${last.x} ${last.y}` : path;
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= LABEL_LENGTH) {
      lines.push(line);
      line = '';
    }
    line += (line === '' ? '' : ' ') + word;
  }
  if (line !== '') lines.push(line);
  return lines.slice(0, 3).map((each) => (each.length > LABEL_LENGTH ? `${each.slice(0, LABEL_LENGTH)}…` : each));
}
