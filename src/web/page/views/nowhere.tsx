/** An address that is no view. */
export function Nowhere() {
  return (
    <>
      <h1>There is nothing here</h1>
      <p>
        <a href="/runs">All runs</a>
      </p>
    </>
  );
}
