/** One of some values, or all. */
export function Choice({
  name,
  value,
  values,
  onChoose,
}: {
  name: string;
  value: string | undefined;
  values: readonly string[] | undefined;
  onChoose: (value: string) => void;
}) {
  return (
    <label>
      {name}
      <select value={value ?? ""} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">all</option>
        {values?.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}
