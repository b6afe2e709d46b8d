"""A report in Debian's Chromium: what it says, asks for, shows and prints."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

WIDTHS = {"wide": 1280, "narrow": 390}
SCHEMES = ("light", "dark")

# Contrast (WCAG 2.1) of every text that is shown with what stands behind it, worst first.
CONTRAST = """
() => {
  const parse = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
  const lum = (c) => {
    const f = c.slice(0, 3).map((x) => x / 255)
      .map((x) => (x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
    return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2];
  };
  const behind = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const c = parse(getComputedStyle(at).backgroundColor);
      if (c.length === 3 || c[3] === 1) { return c; }
    }
    return [255, 255, 255];
  };
  const found = new Map();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !e.checkVisibility()) { continue; }
    if (["STYLE", "SCRIPT"].includes(e.tagName)) { continue; }
    const a = lum(parse(getComputedStyle(e).color)), b = lum(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const key = e.tagName.toLowerCase() + (e.className ? "." + e.className : "");
    if (!found.has(key) || found.get(key) > ratio) { found.set(key, ratio); }
  }
  return Array.from(found).sort((x, y) => x[1] - y[1]);
}
"""

BROKEN = """
() => Array.from(document.images).filter((i) => !i.complete || i.naturalWidth === 0)
  .map((i) => i.alt)
"""
UNLABELLED = """
() => Array.from(document.querySelectorAll("input, button, select, textarea, a"))
  .filter((e) => !(e.labels && e.labels.length) && !e.textContent.trim()
    && !e.getAttribute("aria-label"))
  .map((e) => e.outerHTML)
"""


def executable():
    """Return where Chromium is, or None."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chrome")


class Session:
    """One browser; every page that it opens notes what it says and asks for."""

    def __init__(self, browser):
        self.browser = browser

    @contextmanager
    def page(self, file, width=1280, scheme="light", scripts=True):
        """Open a file from disk; gives the page, its complaints and its requests."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme,
            java_script_enabled=scripts,
        )  # fmt: skip
        page = context.new_page()
        page.complaints, page.requests = [], []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(Path(file).absolute().as_uri())
        try:
            yield page
        finally:
            context.close()


@contextmanager
def chromium():
    """Give a session of Chromium without a window and without a network."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=executable(),
            args=[
                "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                "--no-first-run", "--disable-dev-shm-usage",
            ],
        )  # fmt: skip
        try:
            yield Session(browser)
        finally:
            browser.close()


def foreign(page, file):
    """Return the addresses that a page asked for beside itself and what it holds."""
    own = Path(file).absolute().as_uri()
    return [url for url in page.requests if url != own and not url.startswith("data:")]


def too_wide(page):
    """Return by how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def contrasts(page):
    """Return (kind of text, contrast) pairs, worst first."""
    return page.evaluate(CONTRAST)
