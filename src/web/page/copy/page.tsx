/** The page of a static copy: the same views, with answers from files beside it. */
import "../style/page.css";
import { render } from "preact";
import * as v from "valibot";
import { CopyAbout } from "../../../app/copy/about.ts";
import { copyAnswers } from "../../copy/answers.ts";
import { CopiedEpisodes } from "../../copy/copied-episodes.ts";
import { aboutFile, episodeFiles } from "../../copy/names.ts";
import { Page } from "../page.tsx";
import { showAllVisibly } from "../show-visibly.ts";
import { type Source, takeFrom } from "../source.ts";
import { titleByHeading } from "../title.ts";
import { readData, receive } from "./data.ts";
import { HashLocation, linkBehindHash } from "./location.tsx";

async function start(place: HTMLElement): Promise<void> {
  // The server forbids frames in a header, which a file has none of.
  if (window.top !== window.self) throw new Error("Open this copy by itself: it shows nothing within another page.");
  receive();
  const copy = v.parse(CopyAbout, await readData(aboutFile));
  takeFrom({ ask: copyAnswers(readData), picture, copy });
  showAllVisibly();
  titleByHeading();
  linkBehindHash();
  render(<Page Location={HashLocation} />, place);
}

const episodes = new CopiedEpisodes(readData);

const picture: Source["picture"] = async ({ run, episode }, step) => {
  const { pictures } = await episodes.trace(run, episode);
  if (pictures.every === null) return { why: pictures.why };
  if (step % pictures.every !== 0)
    return { why: `This copy has pictures of every ${pictures.every} steps: ${nextTo(step, pictures.every)}.` };
  return { address: `data/${episodeFiles(run, episode).picture(step)}` };
};

function nextTo(step: number, every: number): string {
  const before = step - (step % every);
  return `the next ones are of steps ${before} and ${before + every}`;
}

const place = document.getElementById("page");
if (place !== null) {
  start(place).catch((fault: Error) => {
    place.textContent = `This copy cannot be shown: ${fault.message}`;
  });
}
