/** The page: its bar, and a view for each address. */
import type { ComponentChildren, ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { ErrorBoundary, Route, Router } from "preact-iso";
import { later, loadWhenIdle } from "./later.tsx";
import { Bar } from "./parts/bar.tsx";
import { CopyNote } from "./parts/copy-note.tsx";
import { ServerNotice } from "./parts/server-notice.tsx";
import { Campaigns } from "./views/campaigns.tsx";
import { Nowhere } from "./views/nowhere.tsx";
import { Run } from "./views/run.tsx";
import { Runs } from "./views/runs.tsx";

const Episode = later(async () => (await import("./views/episode.tsx")).Episode);
const Campaign = later(async () => (await import("./views/campaign.tsx")).Campaign);
const Start = later(async () => (await import("./views/start.tsx")).Start);
const Training = later(async () => (await import("./views/training.tsx")).Training);
const Dataset = later(async () => (await import("./views/dataset.tsx")).Dataset);
const Adapter = later(async () => (await import("./views/adapter.tsx")).Adapter);
const Compare = later(async () => (await import("./views/compare.tsx")).Compare);
const Side = later(async () => (await import("./views/side.tsx")).Side);
const Plugins = later(async () => (await import("./views/plugins.tsx")).Plugins);

/** Where people go from the lists first, first. */
const laterViews = [Episode, Campaign, Start, Training, Compare, Side, Plugins, Dataset, Adapter];

/** `Location` keeps the address that the views are chosen by. */
export function Page({ Location }: { Location: ComponentType<{ children?: ComponentChildren }> }) {
  useEffect(() => loadWhenIdle(laterViews), []);
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
