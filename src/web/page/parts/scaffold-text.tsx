/** A scaffold as a row of a table has it: its name, and the beginning of its hash where a run knows it by that. */
export function ScaffoldText({ scaffold, name }: { scaffold: string; name: string | undefined }) {
  if (!/^[0-9a-f]{64}$/.test(scaffold)) return <>{scaffold}</>;
  return (
    <>
      {name}
      {name !== undefined && <br />}
      <span class="mono faint">{scaffold.slice(0, 12)}</span>
    </>
  );
}
