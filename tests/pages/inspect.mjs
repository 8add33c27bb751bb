// Opens pages in Chromium at every width and scheme, and tells what is wrong with them as JSON.
// node inspect.mjs BROWSER FOLDER page.html...: screenshots and findings.json go into FOLDER.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const WIDTHS = [1280, 768, 400];
const SCHEMES = ["light", "dark"];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const [browserPath, folder, ...files] = process.argv.slice(2);
const browser = await puppeteer.launch({
  executablePath: browserPath,
  args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb", "--hide-scrollbars"],
});

// Runs in the page: what only a laid out page shows.
const measure = () => {
  const shown = (element) => element.getClientRects().length > 0;
  const texts = [...document.querySelectorAll("body *")].filter(
    (element) =>
      shown(element) &&
      [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) &&
      !["STYLE", "SCRIPT", "TITLE", "title"].includes(element.tagName),
  );
  const smallest = Math.min(
    ...texts.map((element) => {
      const svg = element.closest("svg");
      const scale = svg && svg.viewBox.baseVal?.width
        ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width
        : 1;
      return parseFloat(getComputedStyle(element).fontSize) * scale;
    }),
  );
  const cut = [];
  for (const drawing of document.querySelectorAll(".chart svg")) {
    if (!shown(drawing)) continue;
    const frame = drawing.getBoundingClientRect();
    for (const text of drawing.querySelectorAll("text")) {
      const box = text.getBoundingClientRect();
      if (box.width && (box.left < frame.left - 1 || box.right > frame.right + 1))
        cut.push(text.textContent);
    }
  }
  const tables = [...document.querySelectorAll(".scroll")]
    .filter((box) => box.scrollWidth > box.clientWidth + 1)
    .map((box) => box.getAttribute("aria-label"));
  for (const box of document.querySelectorAll(".chart"))
    if (box.scrollWidth > box.clientWidth + 1) cut.push(box.getAttribute("aria-label"));
  return {
    scrollWidth: document.scrollingElement.scrollWidth,
    innerWidth: window.innerWidth,
    smallest,
    cut,
    scrolled: tables,
    background: getComputedStyle(document.body).backgroundColor,
  };
};

const zoomed = async (page) => {
  const strip = await page.$("figure.strip");
  if (!strip) return null;
  const width = () => strip.$eval(".all", (all) => all.clientWidth);
  const ticks = () => strip.$$eval(".axis text", (all) => all.map((tick) => tick.textContent));
  const before = { width: await width(), ticks: await ticks() };
  for (const _ of [1, 2]) await strip.$eval("button[data-action=in]", (button) => button.click());
  const after = { width: await width(), ticks: await ticks() };
  await strip.$eval("button[data-action=all]", (button) => button.click());
  const back = await width();
  const block = await strip.$(".block");
  await block.evaluate((one) => one.dispatchEvent(new Event("click")));
  const told = await strip.$eval("output", (output) => output.textContent);
  const share = await strip.evaluate((figure) => {
    const first = figure.querySelector(".block").getBoundingClientRect();
    return first.width / figure.querySelector(".view").clientWidth;
  });
  await strip.$eval("button[data-action=all]", (button) => button.click());
  return { before, after, back, told, share };
};

const findings = [];
for (const file of files)
  for (const width of WIDTHS)
    for (const scheme of SCHEMES) {
      const page = await browser.newPage();
      const said = [];
      page.on("console", (message) => said.push(message.text()));
      page.on("pageerror", (error) => said.push(String(error)));
      page.on("request", (request) => {
        if (!/^(file|data):/.test(request.url())) said.push(`asked for ${request.url()}`);
      });
      await page.setViewport({ width, height: 900 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.goto(pathToFileURL(file).href);
      const zoom = await zoomed(page);
      const measured = await page.evaluate(measure);
      const name = `${basename(file, ".html")}-${width}-${scheme}.png`;
      await page.screenshot({ path: join(folder, name), fullPage: true });
      await page.evaluate(axe);
      const { violations } = await page.evaluate("axe.run({ resultTypes: ['violations'] })");
      findings.push({
        page: basename(file),
        width,
        scheme,
        picture: name,
        said,
        zoom,
        ...measured,
        axe: violations.map(({ id, impact, help, nodes }) => ({
          id,
          impact,
          help,
          nodes: nodes.slice(0, 3).map((node) => node.html.slice(0, 300)),
        })),
      });
      await page.close();
    }
await browser.close();
writeFileSync(join(folder, "findings.json"), JSON.stringify(findings, null, 1));
