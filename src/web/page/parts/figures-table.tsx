/** Figures of two or more runs side by side, a row each: how memory was used, and what it cost. */
import { Wide } from "./wide.tsx";

interface Line {
  name: string;
  values: readonly string[];
}

export function FiguresTable({
  label,
  heads,
  lines,
}: {
  label: string;
  heads: readonly string[];
  lines: readonly Line[];
}) {
  return (
    <Wide label={label}>
      <table class="compact">
        <thead>
          <tr>
            <th>Figure</th>
            {heads.map((head, index) => (
              <th key={index} class="number">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ name, values }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {values.map((value, index) => (
                <td key={index} class="number">
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
