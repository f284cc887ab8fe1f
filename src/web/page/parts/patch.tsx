/** A file's unified diff, with its lines told apart by sign and colour. */
export function Patch({ file }: { file: { path: string; change: string; patch: string } }) {
  // The head names the file again.
  const lines = file.patch.split("\n").filter((line) => !/^(===|---|\+\+\+)/.test(line));
  return (
    <details open={lines.length < 80}>
      <summary>
        <span class="mono">{file.path}</span> <span class="faint">{file.change}</span>
      </summary>
      <pre class="text patch">
        {lines.map((line, index) => (
          <span key={index} class={line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : ""}>
            {`${line}\n`}
          </span>
        ))}
      </pre>
    </details>
  );
}
