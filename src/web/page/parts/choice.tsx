/** One of some values, or all. */
export function Choice({
  name,
  value,
  values,
  names = {},
  onChoose,
}: {
  name: string;
  value: string | undefined;
  values: readonly string[] | undefined;
  /** What is shown for values that say little. */
  names?: Readonly<Record<string, string>> | undefined;
  onChoose: (value: string) => void;
}) {
  return (
    <label>
      {name}
      <select value={value ?? ""} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">all</option>
        {values?.map((one) => (
          <option key={one} value={one}>
            {Object.hasOwn(names, one) ? `${names[one]} (${one.slice(0, 12)})` : one}
          </option>
        ))}
      </select>
    </label>
  );
}
