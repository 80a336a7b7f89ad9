"""axe-core in a real browser over every kind of page; skipped with the reason where there is no Chromium."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from corrtest.disclosure import default_policy, release
from corrtest.pages import html_page
from corrtest.report import build_comparison, build_document, employer_document
from corrtest.resources import designs_folder
from corrtest.spec import read_study
from tests.disclosure.sectors import SOCIAL_PROFIT, sector_results

pytestmark = pytest.mark.browser

_RUN = """
<script>{axe}</script>
<script>
axe.run(document, {{resultTypes: ["violations"]}}).then(function (found) {{
  var short = found.violations.map(function (v) {{
    var where = v.nodes.slice(0, 3).map(function (n) {{ return n.html; }});
    return {{id: v.id, impact: v.impact, help: v.help, nodes: where}};
  }});
  var out = document.createElement("pre");
  out.id = "axe-result";
  out.textContent = JSON.stringify(short);
  document.body.appendChild(out);
}});
</script>
</body>"""


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    return found


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core: CORRTEST_AXE, or the copy inside the package axe-core-python."""
    if "CORRTEST_AXE" in os.environ:
        return Path(os.environ["CORRTEST_AXE"]).read_text(encoding="utf-8")
    spec = importlib.util.find_spec("axe_core_python")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("axe-core is not installed (pip install 'corrtest[test]')")
    return (Path(spec.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    construction = release(sector_results(1), default_policy())
    social = release(sector_results(1, sector="social_profit", committees=SOCIAL_PROFIT), default_policy())
    others = [release(sector_results(seed, sector=f"sector_{seed}"), default_policy()) for seed in range(3)]
    study = read_study(designs_folder() / "construction.toml")
    return {
        "construction-nl": html_page(build_document(construction, "nl")),
        "social-profit-en": html_page(build_document(social, "en")),
        "comparison-nl": html_page(build_comparison(others, "nl", ranks=True)),
        "letter-nl": html_page(employer_document(study, "letter", "nl")),
    }


def violations(chromium: str, axe: str, page: str, folder: Path, width: int) -> list[dict]:
    path = folder / "page.html"
    path.write_text(page.replace("</body>", _RUN.format(axe=axe)), encoding="utf-8")
    command = [
        chromium,
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
        *("--disable-background-networking", "--disable-component-update", f"--user-data-dir={folder / 'profile'}"),
        *(f"--window-size={width},900", "--virtual-time-budget=60000", "--dump-dom", path.as_uri()),
    ]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False).stdout
    found = re.search(r'<pre id="axe-result">(.*?)</pre>', shown, flags=re.DOTALL)
    assert found, "axe did not finish"
    text = found.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return json.loads(text)


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["construction-nl", "social-profit-en", "comparison-nl", "letter-nl"])
def test_axe_finds_nothing_serious(chromium, axe, pages, tmp_path, name, width):
    found = violations(chromium, axe, pages[name], tmp_path, width)
    serious = [v for v in found if v["impact"] in {"serious", "critical"}]
    assert not serious, json.dumps(serious, indent=1)


def test_the_check_itself_can_fail(chromium, axe, tmp_path):
    page = (
        '<!DOCTYPE html><html lang="en"><head><title>t</title></head><body><main><h1>t</h1>'
        '<p style="color:#ccc;background:#fff">too pale</p><img src="data:,"></main></body></html>'
    )
    assert {v["id"] for v in violations(chromium, axe, page, tmp_path, 800)} >= {"image-alt", "color-contrast"}
