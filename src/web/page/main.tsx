/** The page of a server. */
import { render } from "preact";
import { LocationProvider } from "preact-iso";
import { askAheadFor } from "./ahead.ts";
import { follow } from "./live.ts";
import { Page } from "./page.tsx";
import { followTokens } from "./server.ts";
import { showAllVisibly } from "./show-visibly.ts";
import { titleByHeading } from "./title.ts";

askAheadFor(location);
showAllVisibly();
titleByHeading();
followTokens();
follow();
const place = document.getElementById("page");
if (place !== null) render(<Page Location={LocationProvider} />, place);
