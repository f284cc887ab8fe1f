/** The page: its bar, and a view for each address. */
import type { ComponentChildren, ComponentType } from "preact";
import { ErrorBoundary, Route, Router } from "preact-iso";
import { Bar } from "./parts/bar.tsx";
import { CopyNote } from "./parts/copy-note.tsx";
import { ServerNotice } from "./parts/server-notice.tsx";
import { Adapter } from "./views/adapter.tsx";
import { Campaign } from "./views/campaign.tsx";
import { Campaigns } from "./views/campaigns.tsx";
import { Compare } from "./views/compare.tsx";
import { Dataset } from "./views/dataset.tsx";
import { Episode } from "./views/episode.tsx";
import { Nowhere } from "./views/nowhere.tsx";
import { Plugins } from "./views/plugins.tsx";
import { Run } from "./views/run.tsx";
import { Runs } from "./views/runs.tsx";
import { Side } from "./views/side.tsx";
import { Start } from "./views/start.tsx";
import { Training } from "./views/training.tsx";

/** `Location` keeps the address that the views are chosen by. */
export function Page({ Location }: { Location: ComponentType<{ children?: ComponentChildren }> }) {
  return (
    <Location>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Bar />
      <CopyNote />
      <ServerNotice />
      <main id="content" tabIndex={-1}>
        <ErrorBoundary>
          <Router>
            <Route path="/" component={Runs} />
            <Route path="/runs" component={Runs} />
            <Route path="/runs/:run" component={Run} />
            <Route path="/runs/:run/:episode" component={Episode} />
            <Route path="/campaigns" component={Campaigns} />
            <Route path="/campaigns/:campaign" component={Campaign} />
            <Route path="/start" component={Start} />
            <Route path="/training" component={Training} />
            <Route path="/datasets/:dataset" component={Dataset} />
            <Route path="/adapters/:adapter" component={Adapter} />
            <Route path="/compare" component={Compare} />
            <Route path="/side" component={Side} />
            <Route path="/plugins" component={Plugins} />
            <Route default component={Nowhere} />
          </Router>
        </ErrorBoundary>
      </main>
    </Location>
  );
}
