/** What one has to know of the server: that it is away, that it is another one than before. Nothing is said while all is well. */
import { awaySince } from "../away.ts";
import { newVersion, tokenOver } from "../server.ts";

export function ServerNotice() {
  const since = awaySince.value;
  return (
    <div class="notices" role="status">
      {since !== undefined && (
        <p class="notice">
          <strong>automem does not answer</strong> since {new Date(since).toLocaleTimeString("en-GB")}. What is shown is
          from before. This page goes on by itself as soon as automem is there again; if it was stopped, start it:{" "}
          <code>{startCommand()}</code>
        </p>
      )}
      {tokenOver.value && (
        <p class="notice">
          <strong>automem was started anew</strong>, so this tab may only look. To begin or stop work, open the address
          that it printed when it started.
        </p>
      )}
      {newVersion.value !== undefined && (
        <p class="notice">
          <strong>automem is now {newVersion.value}</strong>, and this page is of the version before.{" "}
          <button type="button" onClick={() => location.reload()}>
            Load the page again
          </button>
        </p>
      )}
    </div>
  );
}

/** On the port of this page, so that it finds the server again. */
function startCommand(): string {
  return location.port === "4311" ? "automem ui" : `automem ui --port ${location.port || "80"}`;
}
