/** The page: its bar, and a view for each address. */
import { render } from "preact";
import { ErrorBoundary, LocationProvider, Route, Router } from "preact-iso";
import { follow } from "./live.ts";
import { Bar } from "./parts/bar.tsx";
import { takeToken } from "./token.ts";
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

function Page() {
  return (
    <LocationProvider>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Bar />
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
            <Route path="/compare" component={Compare} />
            <Route path="/side" component={Side} />
            <Route path="/plugins" component={Plugins} />
            <Route default component={Nowhere} />
          </Router>
        </ErrorBoundary>
      </main>
    </LocationProvider>
  );
}

takeToken();
follow();
const place = document.getElementById("page");
if (place !== null) render(<Page />, place);
