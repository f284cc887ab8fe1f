/** Settings in which runs differ, as rows of a table: a cell for each run. */

interface Differing {
  name: string;
  values: readonly (string | null)[];
}

export function SettingRows({ settings }: { settings: readonly Differing[] }) {
  return (
    <>
      {settings.map(({ name, values }) => (
        <tr key={name}>
          <th class="mono">{name}</th>
          {values.map((value, index) => (
            <td key={index} class="mono">
              {value ?? "not set"}
            </td>
          ))}
        </tr>
      ))}
    </>
  );
}
